"""Domains where anybody gets an address: they prove nothing about an organization, and make no two of them kin."""

_LIST = """
    126.com 163.com aol.com fastmail.com gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hey.com
    hotmail.co.uk hotmail.com hotmail.de hotmail.fr hushmail.com icloud.com inbox.com laposte.net libero.it live.co.uk
    live.com mac.com mail.com mail.ru mailbox.org me.com msn.com naver.com orange.fr outlook.com outlook.de outlook.fr
    pm.me posteo.de proton.me protonmail.com qq.com rediffmail.com riseup.net rocketmail.com t-online.de tuta.com
    tutanota.com tutanota.de uol.com.br wanadoo.fr web.de yahoo.co.jp yahoo.co.uk yahoo.com yahoo.de yahoo.fr yahoo.in
    yandex.com yandex.ru zoho.com
"""
_FREE = frozenset(_LIST.split())


def is_free_mail(domain: str) -> bool:
    """Whether it is a free-mail domain, a name below one included."""
    parts = domain.strip().strip(".").lower().split(".")
    return any(".".join(parts[start:]) in _FREE for start in range(len(parts)))
