"""The judge of coding questions: what is judged by what, in which order, and what it came to.

The sandbox itself is `exams.sandbox`, which knows no tables. Here a suite (`exams.models.coding`) says how programs for
a question are judged, and rows (`exams.models.judging`) are the queue: a worker takes the next one, whoever woke it.
Of a noun `_views`, `_urls`, `_forms` and `_page` are its pages; what they show stands in these:

- By what is judged: `suites` (which one is in use, its data, what students see of it) with `suite_facts` (kept in the
  process), written in `suite_editor`, `suite_checks` (limits of size), `suite_zips`; `rules` of a test, set by
  `code_rules`; `unjudged` says what of a test people mark.
- Taking programs: `sources` (as typed), `submitting` (under the fence of `exams.saving`), `handing_in` (what stands in
  the editors at the end); spoken to by `code_api`, told by `said` as JSON.
- Judging: `queue` (claim, lease, end), `jobs` (a row as the sandbox's job), `judging` (the worker's side), `rounds`
  (the scheduler's), `hosts` (which machine can judge what), `own_slot`.
- What it is worth: `points` (tests and groups), `scores` (which submission counts), `rejudging` (seen first, then
  applied), `marked_programs` (beside marks by hand).
- What students see: `code_asked`, `code_pane`, `code_page`, `code_review` (with the result), `code_diff`, `code_words`.
- What staff see: `console`, and whose programs are alike: `similar` by `winnowing` over `code_tokens`.

Pure: `points`, `sources`, `code_tokens`, `winnowing`, `code_diff`.

Invariants: what was submitted never changes; of one question one submission is open at a time; only who holds a row's
claim ends it; a suite in use never changes; the fault of a machine costs nobody marks; a page for students never reads
a hidden test's input or output.
"""
