"""What can go wrong with people."""

from core.errors import BadInput, Conflict, DomainError, NotAllowed


class AlreadyRegistered(Conflict):
    """You are registered already."""

    code = "users.already_registered"


class RoleNotOpen(NotAllowed):
    """You cannot register for that."""

    code = "users.role_not_open"


class NotVerified(NotAllowed):
    """Please confirm your phone number first."""

    code = "users.not_verified"


class Inactive(NotAllowed):
    """Your account is switched off. Call us."""

    code = "users.inactive"


class UnknownLanguage(BadInput):
    """We do not speak that language yet."""

    code = "users.unknown_language"


class WrongLogin(DomainError):
    """The account or the password is not right."""

    code = "users.wrong_login"


class LoginLocked(DomainError):
    """Too many tries. Try again in {minutes} minutes."""

    code = "users.login_locked"


class PasswordTooShort(BadInput):
    """The password needs {count} characters or more."""

    code = "users.password_too_short"


class PasswordNotNew(BadInput):
    """The new password must differ from the old one."""

    code = "users.password_not_new"


class EmailTaken(Conflict):
    """Another account has this e-mail address."""

    code = "users.email_taken"


class PasswordTooLong(BadInput):
    """The password may have {count} characters at most."""

    code = "users.password_too_long"


class PasswordMustChange(NotAllowed):
    """A one-time password opens the console only, where a new one is chosen first."""

    code = "users.password_must_change"


class TokenInvalid(NotAllowed):
    """A token that is unknown, over, used twice or revoked (DR-206)."""

    code = "users.token_invalid"


class OtpTooSoon(Conflict):
    """A code was texted a moment ago; the next one in {count} seconds."""

    code = "users.otp_too_soon"


class OtpTooMany(Conflict):
    """No more codes for this number today."""

    code = "users.otp_too_many"


class OtpWrong(BadInput):
    """Not the code; {left} tries are left."""

    code = "users.otp_wrong"


class OtpGone(Conflict):
    """No code is valid: it is over, was used, or had too many wrong tries."""

    code = "users.otp_gone"


class UnknownRole(BadInput):
    """No such role, or none that can be chosen."""

    code = "users.unknown_role"


class RoleFixed(NotAllowed):
    """Whoever has ordered, listed or delivered changes the role through an admin (DR-201)."""

    code = "users.role_fixed"


class WorkOpen(Conflict):
    """Orders, listings with stock or deliveries are open; {open} names them."""

    code = "users.work_open"


class UnknownScope(BadInput):
    """Not one of full, support, auditor."""

    code = "users.unknown_scope"


class LastAdmin(Conflict):
    """Somebody must remain who may do everything."""

    code = "users.last_admin"


class PinMissing(Conflict):
    """No PIN has been chosen yet; choose one, then go on."""

    code = "users.pin_missing"


class PinExists(Conflict):
    """There is a PIN; it is changed with the old one."""

    code = "users.pin_exists"


class PinNotFourDigits(BadInput):
    """A PIN is four digits."""

    code = "users.pin_not_four_digits"


class PinTooEasy(BadInput):
    """A run, a repeat: the first that anybody would try."""

    code = "users.pin_too_easy"


class PinsDiffer(BadInput):
    """The two PINs typed are not the same."""

    code = "users.pins_differ"


class PinWrong(DomainError):
    """Not the PIN; {left} tries are left."""

    code = "users.pin_wrong"


class PinIsLocked(DomainError):
    """Too many wrong PINs; again in {minutes} minutes."""

    code = "users.pin_locked"


class PinNeedsReset(DomainError):
    """Locked too often: an admin must reset it."""

    code = "users.pin_needs_reset"


class NumberUnheard(Conflict):
    """Nothing came from this number for so long that it may be somebody else's by now."""

    code = "users.number_unheard"


class PayeeNumberSame(Conflict):
    """Money goes to that number already, or will."""

    code = "users.payee_number_same"


class PayeeNumberGone(Conflict):
    """There is no change left to stop: it is in effect, or stopped already."""

    code = "users.payee_number_gone"


class UnknownField(BadInput):
    """The profile has no {field} that can be changed, or not with this value."""

    code = "users.unknown_field"


class EmailWrong(BadInput):
    """Not an e-mail address."""

    code = "users.email_wrong"


class PhotoWrong(BadInput):
    """Not an https address of a picture."""

    code = "users.photo_wrong"
