"""The admin at a browser: signs in, chooses a password, approves a vehicle, looks at the callback log."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import requests

from tools.demo.reading import Wrong

Say = Callable[[str, str], None]
TIMEOUT_SECONDS = 20


class _Forms(HTMLParser):
    """The forms of a page: address -> its hidden fields."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self._open: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect forms and what they carry."""
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = self.forms.setdefault(values.get("action", ""), {})
        elif tag == "input" and values.get("type") == "hidden":
            self._open[values["name"]] = values.get("value", "")


class Console:
    """One browser window at `url`; `say` prints what the admin does."""

    def __init__(self, url: str, say: Say) -> None:
        self._url = url.rstrip("/")
        self._say = say
        self._http = requests.Session()

    def sign_in(self, account: str, one_time: str, password: str) -> None:
        """Sign in with the one-time password and choose `password`, as the console demands."""
        self._say("Admin", f"signs in at {self._url}/admin/")
        page = self._send("/admin/sign-in", account=account, password=one_time)
        if not page.url.endswith("/admin/password"):
            raise Wrong(f"a one-time password must be changed at once, but the console went to {page.url}")
        self._say("Admin", "chooses a new password")
        self._send("/admin/password", old=one_time, new=password, again=password)

    def approve(self, plate: str) -> None:
        """Press Approve beside the plate."""
        page = self._get("/admin/vehicles")
        for row in re.findall(r"<li[ >].*?</li>", page, re.DOTALL):
            if plate in row:
                address = next(iter(_forms(row)))
                self._say("Admin", f"sees a motorcycle {plate} waiting and approves it")
                done = self._post(address, _forms(row)[address] | {"decision": "approve"})
                if "done=approve" not in done.url:
                    raise Wrong(f"approving led to {done.url}")
                return
        raise Wrong(f"no vehicle {plate} waits for approval on the vehicles page")

    def callbacks(self) -> str:
        """The callback log as it stands."""
        return self._get("/admin/callbacks")

    def _send(self, address: str, **fields: str) -> requests.Response:
        hidden = _forms(self._get(address)).get(address)
        if hidden is None:
            raise Wrong(f"the page {address} has no form")
        return self._post(address, hidden | fields)

    def _get(self, path: str) -> str:
        reply = self._http.get(self._url + path, timeout=TIMEOUT_SECONDS)
        if not reply.ok:
            raise Wrong(f"the page {path} answered {reply.status_code}")
        return reply.text

    def _post(self, path: str, fields: dict[str, str]) -> requests.Response:
        reply = self._http.post(self._url + path, data=fields, timeout=TIMEOUT_SECONDS)
        if not reply.ok:
            raise Wrong(f"the form {path} was refused with {reply.status_code}")
        return reply


def _forms(page: str) -> dict[str, dict[str, str]]:
    parser = _Forms()
    parser.feed(page)
    return parser.forms
