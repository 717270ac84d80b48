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
