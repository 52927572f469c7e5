"""Which mirror is the distribution's own, in every form in which a machine may say it."""

from __future__ import annotations

from pathlib import Path

import pytest

from callcenter.setup.errors import SetupError
from callcenter.setup.mirrors import Distribution, main_source, read_distribution

DEBIAN_12 = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_CODENAME=bookworm\n'
UBUNTU = 'NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\nUBUNTU_CODENAME=noble\n'
MINT = 'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_CODENAME=xia\nUBUNTU_CODENAME=noble\n'


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    (tmp_path / "etc/apt/sources.list.d").mkdir(parents=True)
    return tmp_path


def write(machine: Path, release: str, **files: str) -> Path:
    (machine / "etc/os-release").write_text(release)
    for name, text in files.items():
        path = "sources.list" if name == "plain" else f"sources.list.d/{name.replace('_', '.')}"
        (machine / "etc/apt" / path).write_text(text)
    return machine


def test_deb822_with_security_beside_it(machine: Path) -> None:
    text = (
        "# comment\nTypes: deb\nURIs: http://mirror.example/debian-security\nSuites: bookworm-security\n"
        "Components: main\n\nTypes: deb deb-src\nURIs: http://mirror.example/debian\n# inside\n"
        "Suites: bookworm bookworm-updates\nComponents: main contrib\n"
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
    )
    found = main_source(write(machine, DEBIAN_12, debian_sources=text))
    assert found.uris == ("http://mirror.example/debian",)
    assert found.options == {"Signed-By": "/usr/share/keyrings/debian-archive-keyring.gpg"}


def test_one_line_with_options(machine: Path) -> None:
    text = (
        "# deb http://old.example/debian bookworm main\n"
        "deb cdrom:[Debian 12]/ bookworm main\n"
        "deb-src http://mirror.example/debian bookworm main\n"
        "deb [arch=amd64 signed-by=/k/debian-archive.gpg] https://mirror.example/debian/ bookworm main # ours\n"
        "deb http://mirror.example/debian-security bookworm-security main\n"
    )
    found = main_source(write(machine, DEBIAN_12, plain=text))
    assert found.uris == ("https://mirror.example/debian/",)
    assert found.options == {"Signed-By": "/k/debian-archive.gpg"}


def test_third_parties_under_the_same_suite_name_are_not_taken(machine: Path) -> None:
    found = main_source(
        write(
            machine,
            DEBIAN_12,
            aaa_list="deb [signed-by=/k/vendor.gpg] https://apt.vendor.example bookworm main\n"
            "deb https://dl.vendor.example/linux stable main\n",
            docker_list="deb https://docker.example/linux/debian bookworm stable\n",
            zzz_sources="Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm\nComponents: main\n",
        )
    )
    assert found.uris == ("http://mirror.example/debian",)


def test_disabled_entries_do_not_count(machine: Path) -> None:
    text = "Enabled: no\nTypes: deb\nURIs: http://mirror.example/debian\nSuites: bookworm\nComponents: main\n"
    with pytest.raises(SetupError) as caught:
        main_source(write(machine, DEBIAN_12, debian_sources=text))
    assert "CALLCENTER_ASTERISK=external" in caught.value.english
    assert "软件源" in caught.value.chinese


def test_a_key_within_the_file_is_kept_whole(machine: Path) -> None:
    text = (
        "Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm\nComponents: main\n"
        "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\n -----END PGP PUBLIC KEY BLOCK-----\n"
    )
    key = main_source(write(machine, DEBIAN_12, debian_sources=text)).options["Signed-By"]
    assert key.splitlines()[1:] == [
        " -----BEGIN PGP PUBLIC KEY BLOCK-----", " .", " abc", " -----END PGP PUBLIC KEY BLOCK-----",
    ]  # fmt: skip


def test_cloud_images_name_a_list_of_mirrors(machine: Path) -> None:
    text = "Types: deb\nURIs: mirror+file:///etc/apt/mirrors/debian.list\nSuites: bookworm bookworm-updates\nComponents: main\n"
    assert main_source(write(machine, DEBIAN_12, d_sources=text)).uris[0].startswith("mirror+file:")


def test_ubuntu_and_what_is_made_from_it(machine: Path) -> None:
    text = (
        "Types: deb\nURIs: http://mirror.example/ubuntu/\nSuites: noble noble-updates\n"
        "Components: main universe\nSigned-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg\n"
    )
    assert main_source(write(machine, UBUNTU, ubuntu_sources=text)).uris == ("http://mirror.example/ubuntu/",)
    assert main_source(write(machine, MINT)).uris == ("http://mirror.example/ubuntu/",)
    assert read_distribution(machine) == Distribution("ubuntu", "noble")


def test_another_system_is_told_what_it_can_do(machine: Path) -> None:
    with pytest.raises(SetupError, match="external"):
        read_distribution(write(machine, "ID=fedora\n"))
