"""Documents on pages and as PDF, their verification, statements and the day book."""

from django.urls import path

from fees import day_book_views, document_views, statement_views

urlpatterns = [
    path("documents/<uuid:public_id>/", document_views.fee_document, name="fee_document"),
    path("documents/<uuid:public_id>/pdf/", document_views.fee_document_pdf, name="fee_document_pdf"),
    path("verify/", document_views.fee_verify_form, name="fee_verify_form"),
    path("verify/<str:code>/", document_views.fee_verify, name="fee_verify"),
    path("statement/<uuid:public_id>/", statement_views.fee_statement, name="fee_statement"),
    path("statement/<uuid:public_id>/pdf/", statement_views.fee_statement_pdf, name="fee_statement_pdf"),
    path("day-book/", day_book_views.day_book, name="day_book"),
    path("day-book/pdf/", day_book_views.day_book_pdf, name="day_book_pdf"),
]
