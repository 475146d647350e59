"""What the scheduler starts and how often, in seconds. Each task looks by itself whether something is due."""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
    "accounts-sweep-sessions": {"task": "accounts.tasks.sweep_sessions", "schedule": 3600.0},
    "dfs-wake-due-jobs": {"task": "dfs.tasks.wake_due_jobs", "schedule": 10.0},
    "dfs-check-drives": {"task": "dfs.tasks.check_drives", "schedule": 300.0},
    "dfs-sweep": {"task": "dfs.tasks.sweep", "schedule": 3600.0},
    "dfs-scrub": {"task": "dfs.tasks.scrub", "schedule": 3600.0},
    "accounts-mail-invitations": {"task": "accounts.tasks.mail_invitations", "schedule": 60.0},
    "accounts-send-deliveries": {"task": "accounts.tasks.send_deliveries", "schedule": 60.0},
    "accounts-forget-old-news": {"task": "accounts.tasks.forget_old_news", "schedule": 3600.0},
    "accounts-forget-old-activity": {"task": "accounts.tasks.forget_old_activity", "schedule": 3600.0},
    "batches-hand-out-seats": {"task": "batches.tasks.hand_out_seats", "schedule": 300.0},
    "batches-align-classes": {"task": "batches.tasks.align_classes", "schedule": 3600.0},
    "attendance-close-registers": {"task": "attendance.tasks.close_registers", "schedule": 300.0},
    "attendance-delete-old-positions": {"task": "attendance.tasks.delete_old_positions", "schedule": 3600.0},
    "exams-compare-answers": {"task": "exams.tasks.compare_answers", "schedule": 10.0},
    "exams-compare-programs": {"task": "exams.tasks.compare_programs", "schedule": 10.0},
    "exams-reckon-results": {"task": "exams.tasks.reckon_results", "schedule": 20.0},
    "exams-close-attempts": {"task": "exams.tasks.close_attempts", "schedule": 20.0},
    "exams-judge-due": {"task": "exams.tasks.judge_due", "schedule": 10.0},
    "fees-repair-charges": {"task": "fees.tasks.repair_charges", "schedule": 3600.0},
    "fees-use-advances": {"task": "fees.tasks.use_advances", "schedule": 3600.0},
    "fees-bill-due": {"task": "fees.tasks.bill_due", "schedule": 3600.0},
    "fees-remind-due": {"task": "fees.tasks.remind_due", "schedule": 1800.0},
    "exams-tell-results": {"task": "exams.tasks.tell_results", "schedule": 60.0},
}
