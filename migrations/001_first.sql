-- The first schema, for SQLite and PostgreSQL alike: only text, integer, bigint and real.
-- Times are Unix seconds, flags 0 or 1, JSON is text. Ids are GitHub's own, which pass 2^31.

create table installations (
  id bigint primary key,
  account_id bigint,
  account_login text not null,
  account_type text,
  permissions text not null,
  suspended_at bigint,
  removed_at bigint,
  created_at bigint not null,
  updated_at bigint not null
);

create table repositories (
  id bigint primary key,
  installation_id bigint not null references installations (id),
  owner text not null,
  name text not null,
  is_private integer check (is_private in (0, 1)),
  removed_at bigint,
  created_at bigint not null,
  updated_at bigint not null
);
create index repositories_installation on repositories (installation_id);

create table pulls (
  repository_id bigint not null references repositories (id),
  number integer not null,
  title text not null,
  state text not null check (state in ('open', 'closed')),
  is_draft integer not null check (is_draft in (0, 1)),
  author text not null,
  head_sha text not null,
  head_ref text not null,
  base_sha text not null,
  base_ref text not null,
  is_fork integer not null check (is_fork in (0, 1)),
  url text not null,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (repository_id, number)
);

-- One row per head reviewed. A review that was killed is started again on the same row.
create table review_runs (
  id text primary key,
  repository_id bigint not null,
  pull_number integer not null,
  head_sha text not null,
  base_sha text not null,
  attempt integer not null,
  status text not null check (status in ('running', 'concluded')),
  check_id bigint,
  conclusion text check (conclusion in ('success', 'neutral', 'failure', 'cancelled', 'skipped')),
  reason text,
  stats text not null,
  started_at bigint not null,
  updated_at bigint not null,
  concluded_at bigint,
  unique (repository_id, pull_number, head_sha),
  foreign key (repository_id, pull_number) references pulls (repository_id, number),
  check ((status = 'concluded') = (conclusion is not null))
);
create index review_runs_status on review_runs (status, updated_at);

-- `data` is the whole finding as JSON; the other columns are copies of it to search by.
create table findings (
  run_id text not null references review_runs (id),
  position integer not null,
  finding_id text not null,
  rule_id text not null,
  level text not null check (level in ('block', 'warn', 'suggest')),
  path text not null,
  data text not null,
  primary key (run_id, position)
);
create index findings_finding on findings (finding_id);

-- One comment per finding and pull request, over pushes, re-runs and redeliveries.
create table comments (
  repository_id bigint not null,
  pull_number integer not null,
  finding_id text not null,
  comment_id bigint not null,
  run_id text not null references review_runs (id),
  path text not null,
  created_at bigint not null,
  primary key (repository_id, pull_number, finding_id),
  foreign key (repository_id, pull_number) references pulls (repository_id, number)
);
create index comments_run on comments (run_id);

create table deliveries (
  delivery_id text primary key,
  event text not null,
  installation_id bigint,
  repository_id bigint,
  received_at bigint not null
);
create index deliveries_received on deliveries (received_at);
