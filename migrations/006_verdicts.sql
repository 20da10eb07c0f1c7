-- What people said of findings: rows are only ever added, and where a finding stands is computed from them.
-- `act` names the comment or the press of a button: carried out twice, it is one row for each finding.
create table finding_signals (
  repository_id bigint not null references repositories (id),
  finding_id text not null,
  pull_number integer not null,
  act text not null,
  rule_id text not null,
  verdict text not null check (verdict in ('confirm', 'false-positive', 'wont-fix', 'not-applicable', 'override', 'undo')),
  reason text not null,
  actor_id bigint not null,
  actor_login text not null,
  actor_role text not null check (actor_role in ('admin', 'maintain', 'write', 'triage', 'read', 'none')),
  at_ms bigint not null,
  -- Tells two of one second apart.
  said_order bigint not null,
  primary key (repository_id, finding_id, pull_number, act)
);

-- All that a review of a head was planned from but the verdicts, so that a verdict is heard without analysing anew.
-- Only the latest of each pull request is kept.
create table run_reports (
  run_id text primary key references review_runs (id),
  data text not null
);
