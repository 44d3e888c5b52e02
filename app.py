"""The page that `streamlit run app.py` shows; all of it is drawn by `assistant.screen`."""

from assistant import settings
from assistant.screen import page

settings.switch_off_telemetry()
page.draw()
