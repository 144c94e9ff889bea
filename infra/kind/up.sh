#!/usr/bin/env bash
# A kind cluster with Kubeflow Pipelines and the profile `try`: bash infra/kind/up.sh
# Needs kind, kubectl, helm, docker, openssl and a way to the registries; the same command again goes on where it stopped.
set -euo pipefail
cd "$(dirname "$0")/../.."
cluster=symbiont
namespace=kubeflow # a Kubeflow of one user has its runs there
kubeflow=${KUBEFLOW_VERSION:-2.17.0}

for program in kind kubectl helm docker openssl; do
    command -v "$program" >/dev/null || { echo "$program is missing; see infra/kind/README.md" >&2; exit 2; }
done
kind get clusters | grep -qx "$cluster" || kind create cluster --name "$cluster" --config infra/kind/cluster.yaml --wait 120s
kubectl config use-context "kind-$cluster" >/dev/null

source="github.com/kubeflow/pipelines/manifests/kustomize"
kubectl apply -k "$source/cluster-scoped-resources?ref=$kubeflow"
kubectl wait --for condition=established --timeout=60s crd/applications.app.k8s.io
kubectl apply -k "$source/env/platform-agnostic?ref=$kubeflow"

secret() { # NAME KEY=VALUE...; one that is there stays as it is: its passwords are in volumes
    local name=$1
    shift
    kubectl --namespace "$namespace" get secret "$name" >/dev/null 2>&1 && return
    kubectl --namespace "$namespace" create secret generic "$name" --from-env-file=<(printf '%s\n' "$@")
}
secret symbiont-store AWS_ACCESS_KEY_ID=symbiont "AWS_SECRET_ACCESS_KEY=$(openssl rand -hex 20)"
secret symbiont-mlflow MLFLOW_TRACKING_USERNAME=symbiont "MLFLOW_TRACKING_PASSWORD=$(openssl rand -hex 20)"
secret symbiont-mlflow-server "POSTGRES_PASSWORD=$(openssl rand -hex 20)" \
    "MLFLOW_FLASK_SERVER_SECRET_KEY=$(openssl rand -hex 20)"

if [ -n "${BUILD:-}" ]; then # images of this checkout, where no release has them
    make images
    version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
    for image in tools explorer trainer; do
        kind load docker-image --name "$cluster" "ghcr.io/symbiont/$image:$version"
    done
fi
helm upgrade --install symbiont charts/symbiont --namespace "$namespace" --values charts/symbiont/profiles/try.yaml \
    --wait --timeout 15m
helm test symbiont --namespace "$namespace" || { kubectl --namespace "$namespace" logs symbiont-test; exit 1; }
