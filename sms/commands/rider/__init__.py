"""What riders text."""

from collections.abc import Mapping

from sms.commands.rider import door, duty, offered, purse, road, undone, way
from sms.context import Command

COMMANDS: Mapping[str, Command] = {
    "rider_on": duty.on,
    "rider_off": duty.off,
    "rider_accept": offered.accept,
    "rider_decline": offered.decline,
    "cancel": undone.cancel,
    "rider_picked": road.picked,
    "rider_on_the_way": road.on_the_way,
    "late": road.late,
    "rider_arrived": road.arrived,
    "rider_done": door.done,
    "nocode": door.nocode,
    "rider_failed": undone.failed,
    "rider_back": undone.back,
    "rider_route": way.route,
    "farmer_orders": way.route,
    "my_orders": way.route,
    "farmer_ready": road.not_his,
    "collect": road.not_his,
    "code_again": door.done,
    "more": way.more,
    "rider_vehicle": purse.vehicle,
    "rider_cash": purse.cash,
    "rider_deposit": purse.deposit,
}
