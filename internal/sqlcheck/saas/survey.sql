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

-- survey.requested_surveys: count
SELECT read_count(DISTINCT response_id) FROM here WHERE event = 'survey_requested';

-- survey.answered_surveys: count
SELECT read_count(DISTINCT response_id) FROM here WHERE event = 'survey_answered';

-- survey.response_rate: ratio
SELECT
  read_count(DISTINCT response_id) FILTER (WHERE event = 'survey_answered'),
  read_count(DISTINCT response_id) FILTER (WHERE event = 'survey_requested')
FROM here;

-- survey.satisfaction_ratings: numbers
SELECT CAST(round(100 * score) AS INTEGER), 100
FROM here WHERE event = 'survey_answered' AND type = 'csat' AND scale_min = 1 AND scale_max = 5 AND score BETWEEN 1 AND 5
ORDER BY 1;

-- survey.satisfaction_responses: count
SELECT count(*)
FROM here WHERE event = 'survey_answered' AND type = 'csat' AND scale_min = 1 AND scale_max = 5 AND score BETWEEN 1 AND 5;

-- survey.satisfied_responses: count
SELECT count(*)
FROM here WHERE event = 'survey_answered' AND type = 'csat' AND scale_min = 1 AND scale_max = 5 AND score BETWEEN 4 AND 5;

-- survey.satisfaction_score: share
SELECT count(*) FILTER (WHERE score >= 4), count(*)
FROM here WHERE event = 'survey_answered' AND type = 'csat' AND scale_min = 1 AND scale_max = 5 AND score BETWEEN 1 AND 5;

-- survey.mean_satisfaction: average
SELECT coalesce(sum(CAST(round(100 * score) AS INTEGER)), 0), 100 * count(*)
FROM here WHERE event = 'survey_answered' AND type = 'csat' AND scale_min = 1 AND scale_max = 5 AND score BETWEEN 1 AND 5;

-- survey.effort_ratings: numbers
SELECT CAST(round(100 * score) AS INTEGER), 100
FROM here WHERE event = 'survey_answered' AND type = 'ces' AND scale_min = 1 AND scale_max = 7 AND score BETWEEN 1 AND 7
ORDER BY 1;

-- survey.effort_responses: count
SELECT count(*)
FROM here WHERE event = 'survey_answered' AND type = 'ces' AND scale_min = 1 AND scale_max = 7 AND score BETWEEN 1 AND 7;

-- survey.easy_responses: count
SELECT count(*)
FROM here WHERE event = 'survey_answered' AND type = 'ces' AND scale_min = 1 AND scale_max = 7 AND score BETWEEN 5 AND 7;

-- survey.easy_share: share
SELECT count(*) FILTER (WHERE score >= 5), count(*)
FROM here WHERE event = 'survey_answered' AND type = 'ces' AND scale_min = 1 AND scale_max = 7 AND score BETWEEN 1 AND 7;

-- survey.effort_score: average
SELECT coalesce(sum(CAST(round(100 * score) AS INTEGER)), 0), 100 * count(*)
FROM here WHERE event = 'survey_answered' AND type = 'ces' AND scale_min = 1 AND scale_max = 7 AND score BETWEEN 1 AND 7;
