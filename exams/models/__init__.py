"""Tables of exams, a module for each subject."""

from exams.models.attempts import (
    Attempt,
    AttemptEvent,
    Response,
    TakeoverRequest,
    TestMessage,
    TimeCredit,
)
from exams.models.bank import Difficulty, Question, QuestionImage, QuestionVersion, Tag, Topic
from exams.models.coding import CodeData, CodeGroup, CodeRules, CodeSolution, CodeSuite, CodeTest
from exams.models.judging import CodeComparison, CodeSubmission, JudgeHost, Judgement, JudgeState, Rejudge
from exams.models.marking import KeyFix, ManualMark, Rubric, SectionMark
from exams.models.papers import BlueprintCell, ExamQuestion, SealedPaper, Section
from exams.models.results import Analysis, Comparison, LeaderboardChoice, Result, ResultVersion
from exams.models.schemes import Scheme, SchemeVersion
from exams.models.tests import Allowance, Test, TestBatch

__all__ = [
    "Allowance",
    "Analysis",
    "Attempt",
    "AttemptEvent",
    "BlueprintCell",
    "CodeComparison",
    "CodeData",
    "CodeGroup",
    "CodeRules",
    "CodeSolution",
    "CodeSubmission",
    "CodeSuite",
    "CodeTest",
    "Comparison",
    "Difficulty",
    "ExamQuestion",
    "JudgeHost",
    "JudgeState",
    "Judgement",
    "KeyFix",
    "LeaderboardChoice",
    "ManualMark",
    "Question",
    "QuestionImage",
    "QuestionVersion",
    "Rejudge",
    "Response",
    "Result",
    "ResultVersion",
    "Rubric",
    "Scheme",
    "SchemeVersion",
    "SealedPaper",
    "Section",
    "SectionMark",
    "Tag",
    "TakeoverRequest",
    "Test",
    "TestBatch",
    "TestMessage",
    "TimeCredit",
    "Topic",
]
