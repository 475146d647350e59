"""Exams: the question bank, marking schemes, papers, and tests that are written under the server's clock.

Tables: `exam_bank` with `exam_question_versions` (append-only), `exam_topics`, `exam_tags`, `exam_images`;
`exam_schemes` with `exam_scheme_versions` (append-only); `tests` with `test_batches`, `exam_sections`,
`exam_questions` (a version placed in a test), `exam_blueprint_cells`, `exam_allowances`, `exam_papers` (sealed);
`exam_submissions` (attempts), `exam_responses` (unique (attempt, question)), `exam_events`, `exam_credits`,
`exam_messages` (append-only), `exam_takeovers`; append-only, too: `exam_result_versions` with `exam_results`,
`exam_key_fixes`, `exam_marks`, `exam_section_marks`; `exam_rubrics`, `exam_analyses`, `exam_comparisons`,
`exam_leaderboard_choices`; of programs `exam_code_suites` with `exam_code_groups`, `exam_code_tests`, `exam_code_data`,
`exam_code_solutions`; `exam_code_rules`, `exam_code_submissions`, `exam_judgements` (the queue), `exam_rejudges`,
`exam_judge_hosts`, `exam_code_comparisons`.

Of a noun `_views`, `_urls`, `_forms`, `_page`, `_rows` and `_words` are its pages; what they show stands in these:

- What is asked: `content` (a question; `content_checks`, `answers`), `markup` and `formulas` (as safe HTML), `showing`,
  `bank` with `bank_editor`, `topics`, `images`; `formats/` and `question_files`, `question_exports` (of other systems).
- What it is worth: `schemes` (marks), `ranking`, `presets`, `scheme_book`.
- A test: `tests_made`, `tests_published` (`hindrances`), `test_details`, `papers` and `placing` (sections, questions),
  `paper_sheet`, `blueprints`, `allowances`, `printed`; in words `test_facts`, `test_states`.
- Coming in: `own_tests`, `admission`, `devices`, `sealed_papers` (of `paper_json`), `starting`, `takeovers`, `room_*`.
- Writing: `sitting_*` (pages), `attempt_api`, `sent`, `saving` on `attempt_rows`, `paper_facts` and `running_tests`,
  `finishing`, `closing`, `own_log`.
- Watching: `monitor*`, `credits` (`outages`), `reopening`, `messages`.
- Marked by people: `marking` on `marking_queue` (blind, one for each who marks), `rubrics`, `mark_reading` (marks as
  typed); of tests on paper: `paper_tests`, `paper_marks` with `paper_mark_grid` and `paper_mark_files`.
- What it came to: `grading` (an attempt) by `result_sheets` (keys and schemes), `result_entries` (all attempts),
  `reckoning` (a version of results), `result_rounds` (when the scheduler makes one); read with `result_reading`.
- A key corrected: `key_fixes` by `mending` (only what it touches), `result_changes` (who is concerned); `asked` says
  which corrections hold in a version, and which keys are right by them.
- What staff read of it: `result_overview` with `result_topics`, `result_ranks`, `result_items` and `result_item`,
  `result_history` (versions), `result_states` (what is waited for); how figures are written everywhere: `result_words`.
- What a student reads of it: `own_result_rows` (who sees what, and when), `own_result`, `own_gap` (to the topper),
  `own_topics`, `own_review` and `own_question` (with `own_answers`) on one page; `own_progress` over tests; drawn by
  `own_charts`.
- Who sees it: `releases`, `result_news` (told once), `leaderboard`.
- On paper: `scorecards`; their codes (`result_codes`) are verified by anybody (`verifying`).
- What it says of the test: `analysis` (`analysis_counts`, kept as `analysis_doc`), `item_flags` (advice); `comparing`
  (who answered alike, by `alike`; asked for by staff).
- Programs: `sandbox` runs them (it knows no tables), `judge` says what is run, when, and what it came to.
- Seen from elsewhere: `offers` (`boards`, `result_boards` with `weak_topics`, `waiting`, `calendar_entries`,
  `pending`), `own_copy` with `result_copy`, `news`, `sealed`, `events` (of the activity log); `demo*` (the institute
  to try).

Pure: `content`, `content_checks`, `answers`, `schemes`, `scheme_checks`, `ranking`, `grading`, `result_reading`,
`statistics`, `analysis_doc`, `alike`, `weak_topics`, `own_charts`, `shuffling`, `sittings` (deadlines), `outages`,
`matching`, `formats/`.

Invariants: the deadline stands in the attempt's row and only staff move it; an answer is acknowledged once it is
committed, and only a higher sequence number of the current epoch overwrites it; an attempt shows the version of a
question it began with; nobody reads a paper before it opens; a page for students never reads a key; the same seed gives
the same order again; no program of a student runs outside the sandbox; a version of results never changes, and none is
made while somebody writes.

Others may call `exams.offers`. Start reading at `models`, then `content`, `sittings`, `saving`.
"""
