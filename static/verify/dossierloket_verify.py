#!/usr/bin/env python3
"""Checks a package of proof of Dossierloket: a ZIP, or the folder it was unpacked to. Needs Python 3.8, nothing else.

    python3 dossierloket_verify.py package.zip [--key FINGERPRINT] [--trusted certificates.pem]

Every record, link, seal, time-stamp, content and file is read. The first place that does not hold is told, in Dutch and
in English. Exit: 0 all holds, 1 something does not hold, 2 this is no package. Time-stamps are checked by the program
openssl; without it they are told as not checked. ``--key`` (more than once): the only keys of the seal to believe, as
published on the page /bewijs of Dossierloket; ``--trusted``: the certificates the time-stamps must lead to. Without
them, what the package itself brings is taken, which shows that it fits together, not who made it.
"""

import argparse
import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from datetime import datetime, timezone
from pathlib import Path

FORMAT = 1
GENESIS = "0" * 64
CHUNK = 1 << 20


class Broken(Exception):
    """A place that does not hold: the same in Dutch and in English."""

    def __init__(self, dutch, english):
        super().__init__(english)
        self.dutch, self.english = dutch, english


class NoPackage(Exception):
    """This is no package that can be read."""


# --- reading a package -------------------------------------------------------------------------------------------


class ZipPackage:
    """The members of a ZIP."""

    def __init__(self, path):
        try:
            self._zip = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile) as error:
            raise NoPackage(str(error)) from None
        names = [one.filename for one in self._zip.infolist() if not one.is_dir()]
        if len(names) != len(set(names)):
            raise Broken("Een naam komt twee keer voor in het pakket.", "A name occurs twice in the package.")
        self.names = set(names)

    def chunks(self, name):
        """The bytes of a member, in pieces."""
        try:
            with self._zip.open(name) as member:
                while True:
                    chunk = member.read(CHUNK)
                    if not chunk:
                        return
                    yield chunk
        except Exception as error:
            # a damaged member can fail in many ways, and all say the same
            kind = type(error).__name__
            raise Broken(f"{name} kan niet gelezen worden ({kind}).", f"{name} cannot be read ({kind}).") from None


class FolderPackage:
    """The files of a folder."""

    def __init__(self, path):
        self._root = path
        self.names = {one.relative_to(path).as_posix() for one in path.rglob("*") if one.is_file()}

    def chunks(self, name):
        """The bytes of a file, in pieces."""
        try:
            with (self._root / name).open("rb") as file:
                while True:
                    chunk = file.read(CHUNK)
                    if not chunk:
                        return
                    yield chunk
        except OSError:
            raise Broken(f"{name} kan niet gelezen worden.", f"{name} cannot be read.") from None


def package_of(path):
    """The package at a path."""
    if path.is_dir():
        return FolderPackage(path)
    if not path.is_file():
        raise NoPackage("there is no such file")
    return ZipPackage(path)


def read(package, name):
    """A small member, whole."""
    if name not in package.names:
        raise Broken(f"{name} ontbreekt in het pakket.", f"{name} is missing in the package.")
    return b"".join(package.chunks(name))


def read_json(package, name):
    """A small member that is JSON."""
    try:
        return json.loads(read(package, name))
    except (ValueError, RecursionError):
        raise Broken(f"{name} is niet leesbaar.", f"{name} cannot be read.") from None


def lines(package, name):
    """The lines of a member, one by one."""
    if name not in package.names:
        raise Broken(f"{name} ontbreekt in het pakket.", f"{name} is missing in the package.")
    rest = b""
    for chunk in package.chunks(name):
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
    if rest:
        yield rest


def digest_and_size(package, name):
    """SHA-256 and number of bytes of a member."""
    sha, size = hashlib.sha256(), 0
    for chunk in package.chunks(name):
        sha.update(chunk)
        size += len(chunk)
    return sha.hexdigest(), size


# --- Ed25519 (RFC 8032), checking only ---------------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def _add(one, other):
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number, point):
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = _add(result, point)
        point = _add(point, point)
        number >>= 1
    return result


def _point(raw):
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def seal_holds(public, message, signature):
    """Whether an Ed25519 signature is one of this public key (raw) over this message."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, point = _point(public), _point(signature[:32])
    number = int.from_bytes(signature[32:], "little")
    if key is None or point is None or number >= ORDER:
        return False
    hashed = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    left, right = _times(number, BASE), _add(point, _times(hashed, key))
    return not ((left[0] * right[2] - right[0] * left[2]) % P or (left[1] * right[2] - right[1] * left[2]) % P)


# --- what is checked ---------------------------------------------------------------------------------------------


class Checker:
    """One pass over a package."""

    def __init__(self, package, keys, trusted):
        self.package = package
        self.only = {one.lower().replace(":", "") for one in keys}
        self.trusted = trusted
        self.openssl = shutil.which("openssl")
        self.counts = {"records": 0, "files": 0, "bytes": 0, "seals": 0, "time-stamps": 0}
        self.waiting = 0
        self.not_checked = []
        self.hashed = {}
        self.stamps = {}
        self.used_keys = {}

    def check(self):
        """Everything, in the order in which it is told; Broken at the first place that does not hold."""
        package = read_json(self.package, "evidence/package.json")
        if not isinstance(package, dict) or package.get("format") != FORMAT:
            raise Broken(
                "Dit pakket is voor een andere versie van dit programma.",
                "This package is for another version of this program.",
            )
        self.keys = {key: bytes.fromhex(raw) for key, raw in package["keys"].items()}
        self.stamps = package["time_stamps"]
        for key, raw in self.keys.items():
            if hashlib.sha256(raw).hexdigest() != key:
                raise Broken(f"Sleutel {key[:16]} is niet wat hij heet.", f"Key {key[:16]} is not what it is called.")
        self.records(package["head"], package["contract"])
        self.annex()
        self.members()
        return package

    def records(self, head, contract):
        """The chain: every record and what it names."""
        previous, position, annexed = GENESIS, 0, {}
        for position, line in enumerate(lines(self.package, "evidence/records.jsonl"), start=1):
            try:
                one = json.loads(line)
                text, digest = one["text"], one["digest"]
                said = json.loads(text)
            except (ValueError, KeyError, TypeError, RecursionError):
                raise Broken(f"Bewijs {position} is niet leesbaar.", f"Record {position} cannot be read.") from None
            if hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != digest:
                raise Broken(
                    f"De inhoud van bewijs {position} past niet bij zijn controlegetal.",
                    f"The content of record {position} does not fit its digest.",
                )
            if said.get("previous") != previous or said.get("sequence") != position:
                raise Broken(
                    f"Bewijs {position} volgt niet op het vorige: er werd iets weggelaten, ingevoegd of verplaatst.",
                    f"Record {position} does not follow the one before: something was left out, put in or moved.",
                )
            if said.get("contract") != contract:
                raise Broken(f"Bewijs {position} is van een andere opdracht.", f"Record {position}: another contract.")
            self.seal(position, one)
            self.time_stamp(position, one)
            self.files(position, one, said)
            annexed[position] = said.get("commitment")
            previous = digest
            self.counts["records"] += 1
        if (position, previous) != (head["sequence"], head["digest"]):
            raise Broken(
                f"De keten eindigt na bewijs {position}, en niet waar ze moet.",
                f"The chain ends after record {position}, not where it should.",
            )
        self.commitments = annexed

    def seal(self, position, one):
        """The seal of the platform over the digest."""
        key = one.get("key")
        believed = key in self.keys and (not self.only or key in self.only)
        try:
            signature = base64.b64decode(one.get("seal") or "", validate=True)
        except ValueError:
            signature = b""
        if not believed or not seal_holds(self.keys[key], one["digest"].encode(), signature):
            raise Broken(
                f"Het zegel van bewijs {position} klopt niet.", f"The seal of record {position} does not hold."
            )
        self.counts["seals"] += 1
        self.used_keys[key] = self.used_keys.get(key, 0) + 1

    def time_stamp(self, position, one):
        """The way from the record up to what the authority signed, and the token of the authority."""
        name = one.get("time_stamp")
        if name is None:
            self.waiting += 1
            return
        wrong = Broken(
            f"De tijdstempel van bewijs {position} klopt niet.", f"The time-stamp of record {position} does not hold."
        )
        stamp = self.stamps.get(name)
        try:
            node = hashlib.sha256(b"\x00" + bytes.fromhex(one["digest"])).digest()
            for side, other in one["path"]:
                pair = bytes.fromhex(other) + node if side == "L" else node + bytes.fromhex(other)
                node = hashlib.sha256(b"\x01" + pair).digest()
        except (ValueError, KeyError, TypeError):
            raise wrong from None
        if stamp is None or node.hex() != stamp.get("root"):
            raise wrong
        if "holds" not in stamp:
            stamp["holds"] = self.token_holds(name, stamp["root"])
        if stamp["holds"] is False:
            raise wrong
        if stamp["holds"] is None:
            if not self.not_checked:
                self.not_checked.append(
                    ("tijdstempels (het programma openssl is er niet)", "time-stamps (there is no program openssl)")
                )
            return
        self.counts["time-stamps"] += 1

    def token_holds(self, name, root):
        """Whether openssl finds a token right; None without openssl."""
        token = read(self.package, f"evidence/time-stamps/{name}.tst")
        anchors = self.trusted or read(self.package, "evidence/time-stamps/trusted.pem")
        if self.openssl is None:
            return None
        with tempfile.TemporaryDirectory() as folder:
            here = Path(folder)
            (here / "token").write_bytes(token)
            (here / "trusted").write_bytes(anchors)
            said = self._run(here, "-reply", "-in", "token", "-token_in", "-text")
            if said is None:
                return False
            at = _time_in(said)
            if at is None:
                return False
            moment = str(int(at.timestamp()))
            words = ("-verify", "-digest", root, "-in", "token", "-token_in", "-CAfile", "trusted", "-attime", moment)
            return self._run(here, *words) is not None

    def _run(self, folder, *words):
        done = subprocess.run([self.openssl, "ts", *words], cwd=str(folder), capture_output=True, check=False)
        return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None

    def files(self, position, one, said):
        """The content of the version and its files, as they stand in the package."""
        content = (said.get("detail") or {}).get("content")
        if content is not None and self.digest(f"evidence/contents/{content}")[0] != content:
            raise Broken(
                f"De inhoud van het dossierstuk is niet die van bewijs {position}.",
                f"The content of the document is not that of record {position}.",
            )
        named, places = said.get("files") or [], one.get("files") or []
        if len(named) != len(places):
            raise Broken(f"Bestanden van bewijs {position} ontbreken.", f"Files of record {position} are missing.")
        for file, place in zip(named, places):  # noqa: B905 - older Pythons have no strict=
            if self.digest(place) != (file["sha256"], file["size"]):
                raise Broken(
                    f"Het bestand {place} is niet dat van bewijs {position}.",
                    f"The file {place} is not the one of record {position}.",
                )

    def digest(self, name):
        """SHA-256 and size of a member; each is read once."""
        if name not in self.hashed:
            if name not in self.package.names:
                raise Broken(f"{name} ontbreekt in het pakket.", f"{name} is missing in the package.")
            self.hashed[name] = digest_and_size(self.package, name)
            self.counts["files"] += 1
            self.counts["bytes"] += self.hashed[name][1]
        return self.hashed[name]

    def annex(self):
        """Who it was, in the package of the company itself: it must fit what the records hide."""
        name = "confidential/annex.json"
        if name not in self.package.names:
            return
        for one in read_json(self.package, name):
            try:
                hidden = hashlib.sha256(bytes.fromhex(one["salt"]) + one["person"].encode()).hexdigest()
                fits = self.commitments.get(one["sequence"]) == hidden
            except (KeyError, TypeError, ValueError):
                fits = False
            if not fits:
                raise Broken(
                    f"De vertrouwelijke bijlage past niet bij bewijs {one.get('sequence')}.",
                    f"The confidential annex does not fit record {one.get('sequence')}.",
                )

    def members(self):
        """The list of everything in the package, which the platform sealed when it made it."""
        raw = read(self.package, "evidence/members.json")
        seal = read_json(self.package, "evidence/members.seal.json")
        key = seal.get("key")
        believed = key in self.keys and (not self.only or key in self.only)
        try:
            signature = base64.b64decode(seal.get("seal") or "", validate=True)
        except ValueError:
            signature = b""
        if not believed or not seal_holds(self.keys[key], hashlib.sha256(raw).hexdigest().encode(), signature):
            raise Broken("Het zegel van de lijst van bestanden klopt niet.", "The seal of the list does not hold.")
        named = {one["name"]: (one["sha256"], one["size"]) for one in json.loads(raw)}
        for name in sorted(set(named) - self.package.names):
            raise Broken(f"{name} ontbreekt in het pakket.", f"{name} is missing in the package.")
        own = {"evidence/members.json", "evidence/members.seal.json"}
        for name in sorted(self.package.names - set(named) - own):
            raise Broken(f"{name} hoort niet in het pakket.", f"{name} does not belong in the package.")
        for name, expected in sorted(named.items()):
            if self.digest(name) != expected:
                raise Broken(f"{name} is gewijzigd.", f"{name} was changed.")


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _time_in(text):
    """The moment in what openssl says of a token."""
    for line in text.splitlines():
        if line.startswith("Time stamp: "):
            try:
                month, day, clock, year = line.split()[2:6]
                hour, minute, second = (int(part) for part in clock.split(".")[0].split(":"))
                place = MONTHS.index(month) + 1
                return datetime(int(year), place, int(day), hour, minute, second, tzinfo=timezone.utc)  # noqa: UP017 - older Pythons
            except (ValueError, IndexError):
                return None
    return None


def main(arguments=None):
    """Check what was named on the command line; gives the exit code."""
    parser = argparse.ArgumentParser(description="Checks a package of proof of Dossierloket.")
    parser.add_argument("package", type=Path)
    parser.add_argument("--key", action="append", default=[], help="fingerprint of a key of the seal to believe")
    parser.add_argument("--trusted", type=Path, help="certificates (PEM) the time-stamps must lead to")
    given = parser.parse_args(arguments)
    try:
        trusted = given.trusted.read_bytes() if given.trusted else None
        checker = Checker(package_of(given.package), given.key, trusted)
        package = checker.check()
    except (NoPackage, OSError) as error:
        print(f"Dit is geen leesbaar pakket. / This is no package that can be read: {error}", file=sys.stderr)
        return 2
    except Broken as broken:
        print(f"KLOPT NIET: {broken.dutch}")
        print(f"DOES NOT HOLD: {broken.english}")
        return 1
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        print("KLOPT NIET: het pakket is niet zoals het gemaakt werd.")
        print(f"DOES NOT HOLD: the package is not as it was made ({type(error).__name__}).")
        return 1
    _tell(checker, package, bool(given.key), trusted is not None)
    return 0


def _tell(checker, package, keys_given, trusted_given):
    """What was checked, and by what it was believed."""
    count = checker.counts
    print(f"KLOPT / HOLDS: {package['contract']}")
    print(f"  bewijzen / records: {count['records']}; zegels / seals: {count['seals']}")
    print(f"  bestanden / files: {count['files']} ({count['bytes']} bytes)")
    print(f"  tijdstempels / time-stamps: {count['time-stamps']}; nog geen / none yet: {checker.waiting}")
    for dutch, english in checker.not_checked:
        print(f"  NIET gecontroleerd: {dutch} / NOT checked: {english}")
    for key in checker.used_keys or checker.keys:
        print(f"  sleutel van het zegel / key of the seal: {key}")
    if not keys_given:
        print(f"  Vergelijk die sleutel met wat op {package['published']} staat, of geef hem mee met --key.")
        print(f"  Compare that key with what {package['published']} says, or give it with --key.")
    if not trusted_given and count["time-stamps"]:
        print("  De certificaten van de tijdstempels komen uit het pakket; geef die u vertrouwt mee met --trusted.")
        print("  The certificates of the time-stamps are those of the package; give the ones you trust with --trusted.")


if __name__ == "__main__":
    sys.exit(main())
