-- trial.starts: count
SELECT count(*) FROM here WHERE event = 'trial_started';

-- trial.conversions: count
SELECT count(*) FROM here WHERE event = 'trial_ended' AND converted = 1;

-- trial.trial_to_paid_rate: share
SELECT
  count(*) FILTER (WHERE event = 'trial_ended' AND converted = 1),
  count(*) FILTER (WHERE event = 'trial_started')
FROM here;
