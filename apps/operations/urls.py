from django.urls import path

from apps.operations import views

urlpatterns = [
    path("metrics", views.metrics, name="metrics"),
    path("operations", views.overview, name="operations"),
    path("operations/prices/<int:proposal>", views.decide_price, name="decide-price"),
]
