"""Write the schema and the reference of the platform's settings anew."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

from choices import reference, schema

for page in (schema, reference):
    page.FILE.write_text(page.text(), encoding="utf-8")
