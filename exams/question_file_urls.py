"""Where files of questions are taken in, taken back and made."""

from django.urls import path, register_converter

from exams import question_file_views as views


class Mark:
    """The mark of a file: 32 hexadecimal digits."""

    regex = "[0-9a-f]{32}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Mark, "file_mark")

urlpatterns = [
    path("bank/files/", views.question_file, name="question_file"),
    path("bank/files/template/", views.question_file_template, name="question_file_template"),
    path("bank/files/export/", views.question_export, name="question_export"),
    path("bank/files/<uuid:draft>/", views.question_file_preview, name="question_file_preview"),
    path("bank/files/<file_mark:mark>/", views.question_file_done, name="question_file_done"),
    path("bank/files/<file_mark:mark>/undo/", views.question_file_undo, name="question_file_undo"),
]
