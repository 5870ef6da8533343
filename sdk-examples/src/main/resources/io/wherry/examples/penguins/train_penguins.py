"""Tells three species of penguins apart by four measurements: the program of a run, in Python.

Needs scikit-learn. What it reads and reports is the run protocol: environment variables in, lines of text out.
"""

import json
import os
import sys

try:
    import numpy as np
    from sklearn.linear_model import SGDClassifier
    from sklearn.metrics import accuracy_score, log_loss
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler
except ImportError as missing:
    print(f"this python has no {missing.name}", file=sys.stderr)
    sys.exit(69)

FEATURES = ["Beak Length (mm)", "Beak Depth (mm)", "Flipper Length (mm)", "Body Mass (g)"]

epochs = int(os.environ.get("WHERRY_PARAM_EPOCHS", "30"))
seed = int(os.environ.get("WHERRY_PARAM_SEED", "42"))
events = open(os.environ.get("WHERRY_EVENTS", os.devnull), "a", encoding="utf-8", newline="\n", buffering=1)

with open(os.environ.get("WHERRY_INPUT_DATA", "penguins.json"), encoding="utf-8") as file:
    rows = json.load(file)
complete = [row for row in rows if all(row[name] is not None for name in FEATURES)]
x = np.array([[row[name] for name in FEATURES] for row in complete], dtype=float)
y = np.array([row["Species"] for row in complete])
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.25, stratify=y, random_state=seed)
print(f"{len(rows)} rows, {len(rows) - len(complete)} dropped for missing measurements;",
      f"{len(y_train)} to learn from, {len(y_test)} held out")

scaler = StandardScaler().fit(x_train)
model = SGDClassifier(loss="log_loss", learning_rate="adaptive", eta0=0.01, random_state=seed)
species = np.unique(y)
order = np.random.default_rng(seed)
for epoch in range(1, epochs + 1):
    shuffled = order.permutation(len(y_train))
    model.partial_fit(scaler.transform(x_train[shuffled]), y_train[shuffled], classes=species)
    probabilities = model.predict_proba(scaler.transform(x_test))
    loss = float(log_loss(y_test, probabilities, labels=species))
    accuracy = float(accuracy_score(y_test, species[probabilities.argmax(axis=1)]))
    events.write(f"metric @{epoch} loss={loss} accuracy={accuracy}\n")
    events.write(f"progress {epoch}/{epochs} epoch {epoch}\n")

folder = os.environ.get("WHERRY_OUTPUT_MODEL", "model")
os.makedirs(folder, exist_ok=True)
with open(os.path.join(folder, "model.json"), "w", encoding="utf-8") as file:
    json.dump({
        "features": FEATURES,
        "labels": species.tolist(),
        "mean": scaler.mean_.tolist(),
        "deviation": scaler.scale_.tolist(),
        "weights": model.coef_.tolist(),
        "bias": model.intercept_.tolist(),
    }, file)
events.write(f"metric test.loss={loss} test.accuracy={accuracy}\n")
print(f"accuracy {accuracy:.4f} on {len(y_test)} held-out rows")
