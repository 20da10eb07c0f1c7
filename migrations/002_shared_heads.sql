-- A check belongs to a commit, so the reviews of all pull requests with one head are looked up together.
create index review_runs_head on review_runs (repository_id, head_sha);
