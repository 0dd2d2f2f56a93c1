"""Many rows at once: all of them, whole, whatever their number."""

import pytest
from sqlalchemy import func, select

from app.errors import Conflict
from app.models import Company, ListEpoch, Task
from app.services.execute import maintain
from app.services.work import Work
from tests.builders import World


@pytest.mark.parametrize("count", [1, 19, 20, 21, 234])
def test_all_are_there_in_order_with_their_defaults(world: World, count: int) -> None:
    names = [f"company {number:03}" for number in range(count)]
    maintain(
        lambda work: work.insert_many(
            Company, [{"name": each, "name_key": each.upper()} for each in names]
        )
    )
    columns = (Company.name, Company.name_key, Company.is_owner, Company.version)
    chosen = select(*columns).where(Company.name.in_(names)).order_by(Company.id)
    found = maintain(lambda work: work.all(chosen))
    assert [tuple(row) for row in found] == [(each, each.upper(), False, 1) for each in names]
    uids = maintain(lambda work: work.scalar(select(func.count(Company.uid.distinct()))))
    assert uids >= count


def test_each_task_has_a_stamp_of_its_own_and_its_list_another_epoch(world: World) -> None:
    home = world.list(world.project())
    like = {"list_id": home, "project_id": 1, "creator_id": world.admin, "project_key": "demo"}
    epoch = select(ListEpoch.value).where(ListEpoch.list_id == home)
    before = maintain(lambda work: work.scalar(epoch))
    rows = [like | {"name": f"task {number}", "position": number} for number in range(234)]
    maintain(lambda work: work.insert_many(Task, rows))
    stamps = maintain(lambda work: work.ids(select(Task.stamp)))
    assert len(set(stamps)) == len(rows)
    assert 1 not in stamps
    assert maintain(lambda work: work.scalar(epoch)) != before


def test_none_is_there_when_one_is_refused(world: World) -> None:
    taken = {"name": "a", "name_key": "a", "uid": "0" * 8 + "-0000-7000-8000-" + "0" * 12}
    rows = [{"name": f"{number}", "name_key": f"{number}"} for number in range(150)]
    before = maintain(lambda work: work.scalar(select(func.count()).select_from(Company)))

    def load(work: Work) -> None:
        work.insert_many(Company, rows)
        work.insert_many(Company, [taken, taken])

    with pytest.raises(Conflict):
        maintain(load)
    assert maintain(lambda work: work.scalar(select(func.count()).select_from(Company))) == before
