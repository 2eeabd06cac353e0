"""What programs are told is English, whichever language the pages of an installation speak."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from drf_spectacular.views import SpectacularAPIView
from rest_framework.views import APIView


class InEnglish(APIView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with translation.override("en"):
            return super().dispatch(request, *args, **kwargs)


class Description(InEnglish, SpectacularAPIView):
    """Of the API, for programs too."""
