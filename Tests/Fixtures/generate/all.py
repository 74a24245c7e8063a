"""Regenerates every fixture from real PEFT. No test needs this: the results are committed.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0 safetensors==0.8.0 numpy==2.4.6 \
        tokenizers==0.23.3 scikit-learn==1.9.1 scipy==1.17.1 tensorboard==2.21.0 trl==1.16.0 datasets==5.2.0
    python Tests/Fixtures/generate/all.py
"""

import os
import subprocess
import sys

SCRIPTS = ["models.py", "hub.py", "counts.py", "outlines.py", "matching.py", "target_cases.py",
           "patterns.py", "adapter_files.py", "algebra.py", "random_numbers.py", "checkpoints.py",
           "found.py", "shared.py", "adapted.py", "found_adapters.py", "outside.py", "merged.py", "combined.py",
           "converted.py",
           "initial.py", "rows.py", "status.py", "weights.py", "decompositions.py",
           "gradients.py", "convolutions.py", "twins.py", "optimizers.py", "training.py",
           "autocast.py", "tokenizer_files.py",
           "templates.py", "chat_rows.py", "tokenizer_folders.py", "metrics.py", "evaluation.py",
           "events.py", "early_stopping.py", "generation.py", "recurrent.py"]

if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    for script in SCRIPTS:
        print(script, flush=True)
        # A process each: the scripts seed, patch and silence libraries in their own ways. A fixed
        # hash seed makes the order of PEFT's sets, and so of some messages, repeatable.
        subprocess.run([sys.executable, os.path.join(here, script)], check=True,
                       env={**os.environ, "PYTHONHASHSEED": "0"})
