"""The storage is away or full: what people and programs are told, and what the worker does about it."""

import errno
import sqlite3

import pytest
from django.db import InternalError, OperationalError, connection
from django.test import RequestFactory
from django.utils import translation

from mulin.kernel import env, leftovers, outage, worker
from mulin.kernel.models import Job

pytestmark = pytest.mark.django_db


def sqlite_error(code: int) -> OperationalError:
    cause = sqlite3.OperationalError("said by the database")
    cause.sqlite_errorcode = code
    error = OperationalError("said by the database")
    error.__cause__ = cause
    return error


def read_only() -> InternalError:
    cause = Exception()
    cause.sqlstate = "25006"
    error = InternalError("cannot execute INSERT in a read-only transaction")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        sqlite_error(sqlite3.SQLITE_FULL),
        sqlite_error(sqlite3.SQLITE_BUSY),
        sqlite_error(sqlite3.SQLITE_IOERR | (3 << 8)),
        OperationalError("the connection is closed"),
        OSError(errno.ENOSPC, "No space left on device"),
        read_only(),
    ],
)
def test_a_storage_that_is_full_busy_or_away_is_an_outage(error):
    assert outage.is_outage(error)


@pytest.mark.parametrize(
    "error",
    [
        sqlite_error(sqlite3.SQLITE_ERROR),  # no such table
        OSError(errno.ENOENT, "No such file"),
        InternalError("something else"),
        ValueError(),
        None,
    ],
)
def test_our_own_mistakes_are_no_outage(error):
    assert not outage.is_outage(error)


@pytest.fixture
def away(monkeypatch):
    """A database that answers nothing to whoever asks inside a request."""

    def refuse(*args, **kwargs):
        raise OperationalError("the connection is closed")

    def take():
        monkeypatch.setattr(connection, "cursor", refuse)
        monkeypatch.setattr(connection, "chunked_cursor", refuse)

    yield take
    monkeypatch.undo()


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "现在打不开"), ("en", "cannot be opened now")])
def test_a_page_without_a_database_says_so_in_the_language_of_the_reader(client, away, language, words):
    away()
    answer = client.get("/report?place=500108002005", headers={"accept-language": language})
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert words in answer.content.decode()


def test_someone_who_is_logged_in_gets_the_page_as_well(client_for, cast, away):
    client = client_for(cast.clerk)
    client.raise_request_exception = False  # it is the session that fails, before any view
    away()
    answer = client.get("/desk/")
    assert answer.status_code == 503
    assert "现在打不开" in answer.content.decode()


def test_the_api_answers_with_a_problem_that_may_be_tried_again(client, away):
    away()
    answer = client.get("/api/v1/cases", headers={"authorization": "Bearer mulin_nothing"})
    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "unavailable"
    assert answer["Retry-After"]


def test_open311_answers_in_its_own_form(client, away):
    away()
    answer = client.get("/open311/v2/requests.json")
    assert answer.status_code == 503
    assert answer.json()[0]["code"] == 503


def test_the_health_page_says_503_without_a_database(client, away):
    away()
    assert client.get("/healthz").status_code == 503


def test_what_was_written_stays_on_the_page_that_refused_it():
    request = RequestFactory().post(
        "/report",
        {"text": "<b>灯</b>不亮", "idempotency_key": "k1", "csrfmiddlewaretoken": "t", "password": "p"},
    )
    with translation.override("zh-hans"):
        answer = outage.page(request, OperationalError("full"))
    words = answer.content.decode()
    assert answer.status_code == 503
    assert "&lt;b&gt;灯&lt;/b&gt;不亮" in words and "<b>灯" not in words
    assert 'name="idempotency_key" value="k1"' in words
    assert 'name="password"' not in words


def test_nothing_is_repeated_from_a_page_of_the_account():
    request = RequestFactory().post("/account/login/", {"login": "resident", "text": "hello there"})
    assert "hello there" not in outage.page(request, OperationalError("full")).content.decode()


def test_the_loop_of_the_worker_outlives_a_database_that_goes_away(monkeypatch):
    rounds = []

    def tick():
        rounds.append(1)
        if len(rounds) < 3:
            raise OperationalError("the connection is closed")
        return 0

    monkeypatch.setattr(worker, "tick", tick)
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    worker.run(lambda: len(rounds) >= 4, interval=0)
    assert len(rounds) == 4


def running_task(name: str):
    from django_tasks_db.compat import TaskResultStatus
    from django_tasks_db.models import DBTaskResult

    job = Job.objects.create(kind="voices.train", state="running")
    task = DBTaskResult.objects.create(
        task_path="mulin.kernel.jobs.run_job", args_kwargs={"args": [str(job.id)], "kwargs": {}}, priority=0,
        queue_name="default", backend_name="default", status=TaskResultStatus.RUNNING, worker_ids=[name],
    )  # fmt: skip
    return job, task


def test_a_job_whose_worker_was_killed_is_called_failed():
    host = leftovers.my_name().split("/")[0]
    job, task = running_task(f"{host}/1/no-such-moment")
    assert leftovers.sweep() == 1
    job.refresh_from_db()
    task.refresh_from_db()
    assert (job.state, task.status) == ("failed", "FAILED")
    assert job.finished_at and job.message


def test_a_job_whose_worker_lives_is_left_alone():
    job, _task = running_task(leftovers.my_name())
    assert leftovers.sweep() == 0
    job.refresh_from_db()
    assert job.state == "running"


def test_the_key_of_an_instance_is_whole_or_absent(tmp_path, monkeypatch):
    def full(fd):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(env.os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            env.instance_key(tmp_path, "secret.key")
    assert list(tmp_path.iterdir()) == []
    key = env.instance_key(tmp_path, "secret.key")
    assert len(key) == 64 and env.instance_key(tmp_path, "secret.key") == key
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
