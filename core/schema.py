"""Every table, imported in one place: migrations and tests need the whole metadata."""

from core.alarms import models as alarms
from core.audit import models as audit
from core.books import models as books
from core.carts import models as carts
from core.cash import models as cash
from core.catalogue import models as catalogue
from core.db import Base
from core.deliveries import models as deliveries
from core.duties import models as duties
from core.farms import models as farms
from core.following import models as following
from core.insights import models as insights
from core.ledger import models as ledger
from core.listings import commission
from core.listings import models as listings
from core.locations import models as locations
from core.notifications import models as notifications
from core.orders import models as orders
from core.outbox import models as outbox
from core.payment_methods import models as payment_methods
from core.payments import models as payments
from core.payouts import models as payouts
from core.privacy import models as privacy
from core.questions import models as questions
from core.reviews import models as reviews
from core.settings import models as settings
from core.support import models as support
from core.traffic import models as traffic
from core.users import models as users
from core.ways import models as ways
from core.weather import models as weather

# One a line, so that two who add theirs do not meet.
AREAS = (
    alarms,
    audit,
    books,
    carts,
    cash,
    catalogue,
    commission,
    deliveries,
    duties,
    farms,
    following,
    insights,
    ledger,
    listings,
    locations,
    notifications,
    orders,
    outbox,
    payment_methods,
    payments,
    payouts,
    privacy,
    questions,
    reviews,
    settings,
    support,
    traffic,
    users,
    ways,
    weather,
)
METADATA = Base.metadata
