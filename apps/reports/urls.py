from django.urls import path

from apps.reports import views

urlpatterns = [path("unsubscribe/<str:token>", views.unsubscribe, name="unsubscribe")]
