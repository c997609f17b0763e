-- survey.promoters: count
SELECT count(*) FROM here WHERE event = 'survey_answered' AND type = 'nps' AND score BETWEEN 9 AND 10;

-- survey.passives: count
SELECT count(*) FROM here WHERE event = 'survey_answered' AND type = 'nps' AND score > 6 AND score < 9;

-- survey.detractors: count
SELECT count(*) FROM here WHERE event = 'survey_answered' AND type = 'nps' AND score BETWEEN 0 AND 6;

-- survey.responses: count
SELECT count(*) FROM here WHERE event = 'survey_answered' AND type = 'nps' AND score BETWEEN 0 AND 10;

-- survey.net_promoter_score: number
SELECT 100 * (count(*) FILTER (WHERE score >= 9) - count(*) FILTER (WHERE score <= 6)), count(*)
FROM here WHERE event = 'survey_answered' AND type = 'nps' AND score BETWEEN 0 AND 10;
