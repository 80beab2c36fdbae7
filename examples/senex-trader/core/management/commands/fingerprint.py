"""Print a short hash of each given setting as it reached the container, to compare a value end to end without showing it."""
import hashlib
import json

from django.core.management import BaseCommand

from senextrader.settings import env


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("names", nargs="+")

    def handle(self, *args, names, **options):
        # an empty value counts as unset, as in the settings
        found = {name: env(name, "") for name in names}
        self.stdout.write(json.dumps({n: hashlib.sha256(v.encode()).hexdigest()[:16] if v else None for n, v in found.items()}))
