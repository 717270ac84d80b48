from tests.ussd.phone import UssdPhone


def test_s(client, gateway):
    p = UssdPhone(client, "+254712000101")
    for x in [p.dial()] + [p.answer(a) for a in ("1", "kin", "1", "Wanjiku", "1", "1", "nyan")]:
        print(x, "\n--")
    for a in ("1", "50", "80", "nyuma ya * kanisa", "1"):
        print(p.answer(a), "\n--")
    p.dial()
    print(p.screen)
    assert 0
