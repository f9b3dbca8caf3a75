"""The settings of the account: where they come from, what is refused, what is never shown."""

from __future__ import annotations

import dataclasses
import logging

import pytest

from bot.channels.wechat.config import WeChatConfig, load_wechat
from bot.settings import SettingsError

from .letters import AES_KEY

RIGHT = {
    "BOT_WECHAT_TOKEN": "token123",
    "BOT_WECHAT_APP_ID": "wx0123456789abcdef",
    "BOT_WECHAT_AES_KEY": AES_KEY,
    "BOT_WECHAT_MODE": "encrypted",
    "BOT_WECHAT_APP_SECRET": "secret",
}
WRONG = {
    "no token": ({"BOT_WECHAT_TOKEN": ""}, "BOT_WECHAT_TOKEN"),
    "a blank token": ({"BOT_WECHAT_TOKEN": "  "}, "BOT_WECHAT_TOKEN"),
    "the original id for the app id": ({"BOT_WECHAT_APP_ID": "gh_0123456789ab"}, "原始 ID"),
    "an app id that is too short": ({"BOT_WECHAT_APP_ID": "wx0123456789abcde"}, "18位"),
    "an app id with a capital": ({"BOT_WECHAT_APP_ID": "wx0123456789ABCDEF"}, "18位"),
    "an app id in plain mode": ({"BOT_WECHAT_APP_ID": "wx 123456789abcdef", "BOT_WECHAT_MODE": "plain"}, "18位"),
    "a token of two letters": ({"BOT_WECHAT_TOKEN": "ab"}, "3到32"),
    "a token that is too long": ({"BOT_WECHAT_TOKEN": "a" * 33}, "3到32"),
    "a token with a sign": ({"BOT_WECHAT_TOKEN": "to-ken"}, "3到32"),
    "a key of 42 characters": ({"BOT_WECHAT_AES_KEY": AES_KEY[1:]}, "现在有42个字符"),
    "a key of 44 characters": ({"BOT_WECHAT_AES_KEY": AES_KEY + "a"}, "现在有44个字符"),
    "a key with a sign": ({"BOT_WECHAT_AES_KEY": "-" + AES_KEY[1:]}, "43个字符"),
    "no key in encrypted mode": ({"BOT_WECHAT_AES_KEY": ""}, "EncodingAESKey"),
    "no key in compatible mode": ({"BOT_WECHAT_AES_KEY": "", "BOT_WECHAT_MODE": "compatible"}, "EncodingAESKey"),
    "no app id in encrypted mode": ({"BOT_WECHAT_APP_ID": ""}, "AppID"),
    "no app id in compatible mode": ({"BOT_WECHAT_APP_ID": "", "BOT_WECHAT_MODE": "compatible"}, "AppID"),
    "a mode that does not exist": ({"BOT_WECHAT_MODE": "safe"}, "plain、compatible、encrypted"),
    "neither yes nor no": ({"BOT_WECHAT_CUSTOMER_SERVICE": "maybe"}, "yes 或 no"),
    "customer service without a secret": (
        {"BOT_WECHAT_CUSTOMER_SERVICE": "yes", "BOT_WECHAT_APP_SECRET": ""}, "BOT_WECHAT_APP_SECRET",
    ),
    "a secret in a file that is not there": ({"BOT_WECHAT_AES_KEY": "", "BOT_WECHAT_AES_KEY_FILE": "nowhere"}, "nowhere"),
}  # fmt: skip


@pytest.fixture()
def settings(settings, tmp_path):
    return dataclasses.replace(settings, root=tmp_path)


@pytest.fixture()
def file(tmp_path):
    def write(text, name="wechat.yml", mode=0o600):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return path

    return write


def test_without_any_setting_there_is_no_account(settings):
    assert not load_wechat(settings, {}).enabled


def test_right_settings_make_an_account(settings):
    config = load_wechat(settings, RIGHT)
    assert config.enabled
    assert (config.app_id, config.mode, config.customer_service) == ("wx0123456789abcdef", "encrypted", False)


@pytest.mark.parametrize("case", WRONG)
def test_wrong_settings_are_refused_with_one_clear_sentence(settings, case):
    changed, says = WRONG[case]
    with pytest.raises(SettingsError) as refused:
        load_wechat(settings, {**RIGHT, **changed})
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("case", WRONG)
def test_a_refusal_does_not_show_a_secret(settings, case):
    changed, _ = WRONG[case]
    given = {**RIGHT, **changed}
    with pytest.raises(SettingsError) as refused:
        load_wechat(settings, given)
    secrets = [
        given[name] for name in ("BOT_WECHAT_TOKEN", "BOT_WECHAT_AES_KEY", "BOT_WECHAT_APP_SECRET") if given[name]
    ]
    assert not [secret for secret in secrets if secret in str(refused.value)]


def test_the_file_has_the_same_keys_in_lower_case(settings, file):
    file("token: '123456'\napp_id: wx0123456789abcdef\nmode: plain\ncustomer_service: no\n")
    config = load_wechat(settings, {})
    assert (config.token, config.app_id, config.mode) == ("123456", "wx0123456789abcdef", "plain")


BLANK = {
    "a variable": ({"BOT_WECHAT_TOKEN": ""}, "", ""),
    "a variable of blanks": ({"BOT_WECHAT_TOKEN": " "}, "", ""),
    "a blank variable before the file": ({"BOT_WECHAT_TOKEN": ""}, "token: token123\n", ""),
    "a key": ({}, "token:\n", ""),
    "a quoted key": ({}, "token: ' '\n", ""),
    "the file of a variable": ({"BOT_WECHAT_TOKEN_FILE": "secret.txt"}, "", " \n"),
    "the file of a key": ({}, "token_file: secret.txt\n", ""),
    "no name of a file": ({"BOT_WECHAT_TOKEN_FILE": ""}, "", ""),
}


@pytest.mark.parametrize("case", BLANK)
def test_a_token_that_is_there_and_blank_is_refused_even_alone(settings, file, case):
    environment, written, secret = BLANK[case]
    file(written)
    file(secret, "secret.txt")
    with pytest.raises(SettingsError, match=r"TOKEN|token"):
        load_wechat(settings, environment)


def test_a_token_of_digits_stays_text(settings, file):
    file("token: 0123\n")
    assert load_wechat(settings, {}).token == "0123"


def test_a_variable_wins_over_the_file(settings, file):
    file("token: fromfile\n")
    assert load_wechat(settings, {"BOT_WECHAT_TOKEN": "fromvariable"}).token == "fromvariable"


def test_a_secret_may_stand_in_a_file_of_its_own(settings, file):
    path = file("token123\n", "secret.txt")
    assert load_wechat(settings, {"BOT_WECHAT_TOKEN_FILE": str(path)}).token == "token123"


def test_the_file_may_name_a_file_too(settings, file):
    file("token123\n", "secret.txt")
    file("token_file: secret.txt\n")
    assert load_wechat(settings, {}).token == "token123"


def test_an_unknown_key_is_refused_and_the_known_ones_are_named(settings, file):
    file("tokken: a\n")
    with pytest.raises(SettingsError, match=r"tokken.*token"):
        load_wechat(settings, {})


@pytest.mark.parametrize("text", ["[1, 2]", "token: [a]", "a: b: c", "\x00"])
def test_a_file_that_cannot_be_read_is_refused(settings, file, text):
    file(text)
    with pytest.raises(SettingsError, match=r"wechat\.yml"):
        load_wechat(settings, {})


def test_without_a_mode_a_key_means_encrypted(settings):
    given = {name: value for name, value in RIGHT.items() if name != "BOT_WECHAT_MODE"}
    assert load_wechat(settings, given).mode == "encrypted"
    assert load_wechat(settings, {"BOT_WECHAT_TOKEN": "token"}).mode == "plain"


def test_a_file_that_others_can_read_is_only_warned_of(settings, file, caplog):
    file("token: token123\n", mode=0o644)
    with caplog.at_level(logging.WARNING):
        assert load_wechat(settings, {}).enabled
    assert "chmod 600" in caplog.text


def test_a_file_of_ones_own_is_not_warned_of(settings, file, caplog):
    file("token: token123\n", mode=0o600)
    load_wechat(settings, {})
    assert not caplog.records


def test_the_address_is_that_of_the_bot(settings):
    settings = dataclasses.replace(settings, address="https://bot.example.cn")
    assert load_wechat(settings, RIGHT).address == "https://bot.example.cn"


def test_repr_shows_no_secret(settings):
    shown = repr(load_wechat(settings, RIGHT))
    assert not [
        value
        for name, value in RIGHT.items()
        if name not in ("BOT_WECHAT_APP_ID", "BOT_WECHAT_MODE") and value in shown
    ]
    assert "token123" not in repr(WeChatConfig(token="token123"))
