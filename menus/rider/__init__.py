"""What riders do on the keypad, one file per conversation."""

from menus.rider import job, vehicle

FLOWS = (vehicle.VEHICLE, job.RIDER)
