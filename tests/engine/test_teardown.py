"""What is left when a stack is destroyed; this test comes last."""


def test_destroying_leaves_nothing_of_a_shop_that_retains_nothing(shop):
    shop.change({})
    shop.up()
    shop.stack.destroy()
    names = shop.kubectl("get", "namespace", shop.namespace, "--ignore-not-found").strip()
    assert names == ""


def test_destroying_a_shop_that_retains_its_data_leaves_volumes_and_keys(shop):
    shop.namespace = "kept-dev"
    shop.change({"retainData": True, "namespace": "kept-dev"})
    shop.up()
    shop.stack.destroy()
    try:
        claims = {claim["metadata"]["name"] for claim in shop.get("pvc")}
        assert claims == {"database-data", "media"}
        [kept] = shop.get("secrets")
        assert set(kept["data"]) == {"cryptKey", "databasePassword", "databaseRootPassword"}
        assert shop.get("pods") == []
    finally:
        shop.kubectl("delete", "namespace", "kept-dev")
