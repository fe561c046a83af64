"""Every route of the app is listed in routes.txt, so that none comes or goes by accident."""

from pathlib import Path

NUMBERS = {"number": 0, "community_id": 1, "split_id": 1, "version": 1, "place": 0, "seat": 0, "ledger": "claims"}
LIST = Path(__file__).with_name("routes.txt")


def test_all_routes_are_listed(app):
    found = sorted(
        f"{','.join(sorted(rule.methods - {'HEAD', 'OPTIONS'}))} {rule.rule} {rule.endpoint}"
        for rule in app.url_map.iter_rules()
    )
    assert found == LIST.read_text(encoding="utf-8").splitlines(), "write the routes that are right now into routes.txt"


def test_nothing_but_sign_in_and_reading_is_open_to_strangers(app):
    client = app.test_client()
    client.get("/auth/session")
    open_to_all = {"auth.message", "auth.verify", "auth.sign_out"}
    for rule in app.url_map.iter_rules():
        if "POST" not in rule.methods or rule.endpoint in open_to_all:
            continue
        values = {name: NUMBERS.get(name, "0x" + "11" * 32) for name in rule.arguments}
        with app.test_request_context():
            path = app.url_map.bind("127.0.0.1:8000").build(rule.endpoint, values, method="POST")
        token = client.get("/auth/session").get_json()["csrfToken"]
        answer = client.post(path, data={"csrf_token": token}, headers={"X-CSRFToken": token})
        assert answer.status_code in (401, 404, 422), (rule.endpoint, answer.status_code)
