"""What riders do on the keypad, one file per conversation."""

from menus.rider import cash, count, door, duty, failed, home, job, today, vehicle

FLOWS = (
    home.RIDER,
    job.JOB,
    count.COUNT,
    door.DOOR,
    failed.FAILED,
    duty.DUTY,
    vehicle.VEHICLE,
    cash.CASH,
    today.TODAY,
)
