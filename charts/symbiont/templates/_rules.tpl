{{/* Rules between values that a schema cannot say; each is a sentence with its fix. */}}
{{- define "symbiont.rules" -}}
{{- $v := .Values -}}
{{- if not $v.store.url -}}
{{- fail "store.url is empty: name where rounds are kept, such as s3://symbiont/main" -}}
{{- end -}}
{{- if $v.seaweedfs.enabled -}}
  {{- if $v.store.endpoint -}}{{- fail "seaweedfs.enabled installs an S3 server: leave store.endpoint empty, or turn seaweedfs off" -}}{{- end -}}
  {{- if not $v.store.secret -}}{{- fail "seaweedfs takes its keys from store.secret: make a secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY and name it" -}}{{- end -}}
{{- end -}}
{{- if $v.mlflowServer.enabled -}}
  {{- if $v.mlflow.url -}}{{- fail "mlflowServer.enabled installs MLflow: leave mlflow.url empty, or turn mlflowServer off" -}}{{- end -}}
  {{- if not $v.mlflow.secret -}}{{- fail "MLflow takes its administrator from mlflow.secret: make a secret with MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD and name it" -}}{{- end -}}
  {{- if not $v.mlflowServer.secret -}}{{- fail "mlflowServer.secret is empty: make a secret with POSTGRES_PASSWORD and MLFLOW_FLASK_SERVER_SECRET_KEY and name it" -}}{{- end -}}
{{- else if not $v.mlflow.url -}}
  {{- fail "there is no MLflow: give mlflow.url, or turn mlflowServer on" -}}
{{- end -}}
{{- range $role := list "teacher" "student" -}}
  {{- $server := index $v.serving $role -}}
  {{- if $server.enabled -}}
    {{- if not $v.images.vllm.digest -}}{{- fail "serving runs vLLM's image by digest: set images.vllm.digest to the one you tested (sha256:...)" -}}{{- end -}}
    {{- if not $server.model -}}{{- fail (printf "serving.%s.model is empty: name the model to serve" $role) -}}{{- end -}}
    {{- if and (gt (int $server.replicas) 1) (not $server.cache.shared) -}}
      {{- fail (printf "serving.%s has %d replicas and a cache for one: set cache.shared (ReadWriteMany), or replicas to 1" $role (int $server.replicas)) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- $round := $v.serving.round.enabled -}}
{{- $deployed := include "symbiont.deployed" . -}}
{{- if and $round (not $v.images.vllm.digest) -}}{{- fail "serving.round runs vLLM's image by digest: set images.vllm.digest to the one you tested (sha256:...)" -}}{{- end -}}
{{- if and $round (not $deployed) -}}
  {{- fail "serving.round.enabled makes a template that no round uses: students would run in the pods of explorers. Set place.serving, as {kind: deployment, replicas: 1}, or turn serving.round off" -}}
{{- end -}}
{{- if and $deployed (not $round) (not (dig "template" "" $v.place.serving)) -}}
  {{- fail "place.serving of kind deployment needs a template for its pods: turn serving.round.enabled on, or name a PodTemplate of your own in place.serving.template" -}}
{{- end -}}
{{- range $key, $destinations := dict "network.names" $v.network.names "network.outside" $v.network.outside "network.explorers.sites" $v.network.explorers.sites "network.explorers.kubernetes" $v.network.explorers.kubernetes -}}
  {{- range $destinations -}}
    {{- if eq (not .cidr) (not .namespace) -}}{{- fail (printf "%s: each names a cidr or a namespace, one of the two: %s" $key (toJson .)) -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- if and $v.network.explorers.enabled (not $v.network.enabled) -}}
  {{- fail "network.explorers is part of network: turn network.enabled on, or explorers off" -}}
{{- end -}}
{{- if and $v.network.explorers.enabled (not $v.network.explorers.kubernetes) -}}
  {{- fail "network.explorers.kubernetes is empty: name where Kubernetes' API answers (`kubectl get endpoints kubernetes --namespace default`), as [{cidr: 10.0.0.1/32, ports: [6443]}]" -}}
{{- end -}}
{{- if and $v.training.enabled (not (kindIs "map" ($v.place.training | default dict).job)) -}}
  {{- fail "training.enabled makes a runtime that no round uses: distill would train in its own pod, without a GPU unless place.pods.distill.accelerators says so. Set place.training, as {processes: 8, memory_gb: 80, job: {nodes: 1}}, or turn training off" -}}
{{- end -}}
{{- if and $v.training.enabled (not (dig "job" "runtime" "" $v.place.training)) -}}
  {{- $processes := dig "processes" 1 $v.place.training | int -}}
  {{- $devices := mul (dig "job" "nodes" 1 $v.place.training | int) (int $v.training.gpusPerNode) -}}
  {{- if ne $processes (int $devices) -}}
    {{- fail (printf "place.training.processes is %d, and %d nodes of training.gpusPerNode %d have %d devices: each process needs one of its own" $processes (dig "job" "nodes" 1 $v.place.training | int) (int $v.training.gpusPerNode) $devices) -}}
  {{- end -}}
{{- end -}}
{{- $job := ($v.place.training | default dict).job -}}
{{- if kindIs "map" $job -}}
  {{- if not (dig "memory_gb" 0.0 $v.place.training) -}}
    {{- fail "place.training.job trains on other machines: say place.training.memory_gb, the memory of each of their devices in gigabytes" -}}
  {{- end -}}
  {{- $processes := dig "processes" 1 $v.place.training | int -}}
  {{- $nodes := dig "nodes" 1 $job | int -}}
  {{- if mod $processes $nodes -}}
    {{- fail (printf "place.training: %d processes cannot be divided among %d nodes: set processes to a multiple of job.nodes" $processes $nodes) -}}
  {{- end -}}
{{- end -}}
{{- with ($v.place.pods | default dict).scratch -}}
  {{- if ne (eq (dig "kind" "node" .) "claim") (not (empty .claim)) -}}
    {{- fail "place.pods.scratch: of kind claim it names the claim, as {kind: claim, claim: scratch}, and no other kind does" -}}
  {{- end -}}
{{- end -}}
{{- if and $v.training.enabled $v.queue.enabled (not $v.queue.clusterQueue) -}}
  {{- if not (or $job.runtime $job.queue) -}}
    {{- $nodes := dig "nodes" 1 $job | int -}}
    {{- range $quota, $each := dict "gpus" (list "training.gpusPerNode" $v.training.gpusPerNode) "cpu" (list "training.resources.cpu" $v.training.resources.cpu) "memory" (list "training.resources.memory" $v.training.resources.memory) -}}
      {{- $there := index $v.queue.quota $quota -}}
      {{- if gt (mulf $nodes (include "symbiont.quantity" (last $each))) (include "symbiont.quantity" $there | float64) -}}
        {{- fail (printf "queue.quota.%s is %v, and place.training.job asks for %d nodes of %s %v: Kueue would never begin it. Raise the quota, ask for less, or name a queue with room as queue.clusterQueue" $quota $there $nodes (first $each) (last $each)) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- if and $v.reaper.expect (not $v.reaper.enabled) -}}
  {{- fail "reaper.expect is what the reaper looks for: turn reaper.enabled on, or leave expect empty" -}}
{{- end -}}
{{- if hasKey $v.places "cluster" -}}
  {{- fail "the place `cluster` is made from these values: give yours another name" -}}
{{- end -}}
{{- if and $v.kubeflow.sync (not $v.kubeflow.pipeline) -}}
  {{- fail "kubeflow.sync uploads the round in kubeflow.pipeline: compile it for your place (`symbiont compile --place cluster.yaml --to round.yaml`) and give --set-file kubeflow.pipeline=round.yaml" -}}
{{- end -}}
{{- if and $v.schedules (not $v.kubeflow.sync) -}}
  {{- fail "schedules are carried out by kubeflow.sync alone: turn it on, or leave schedules empty" -}}
{{- end -}}
{{- with $v.schedules -}}
  {{- $read := fromYaml . -}}
  {{- $wrong := or (hasKey $read "Error") (omit $read "owner" "schedules") (not (kindIs "map" (dig "schedules" dict $read))) -}}
  {{- if not $wrong -}}
    {{- range dig "schedules" dict $read -}}
      {{- $wrong = or $wrong (not (kindIs "map" .)) (not (regexMatch "^\\S+( +\\S+){5}$" (dig "cron" "" . | toString))) -}}
    {{- end -}}
  {{- end -}}
  {{- if $wrong -}}
    {{- fail "schedules is no file of schedules: give --set-file schedules=schedules.yaml, as {schedules: {nightly: {cron: \"0 0 2 * * *\"}}}, six fields with the second first" -}}
  {{- end -}}
{{- end -}}
{{- if and $v.externalSecrets.enabled (not $v.externalSecrets.store) -}}
  {{- fail "externalSecrets.store is empty: name the SecretStore that the secrets are read from" -}}
{{- end -}}
{{- $api := .Capabilities.APIVersions -}}
{{- if and $v.externalSecrets.enabled (not ($api.Has "external-secrets.io/v1")) -}}
  {{- fail "externalSecrets.enabled needs the External Secrets Operator, which this cluster has not (external-secrets.io/v1): install it, or make the secrets yourself" -}}
{{- end -}}
{{- if and $v.monitoring.enabled (not ($api.Has "monitoring.coreos.com/v1")) -}}
  {{- fail "monitoring.enabled needs the Prometheus Operator, which this cluster has not (monitoring.coreos.com/v1): install it, or leave monitoring off" -}}
{{- end -}}
{{- if and $v.training.enabled (not ($api.Has "trainer.kubeflow.org/v1alpha1")) -}}
  {{- fail "training.enabled needs Kubeflow Trainer 2, which this cluster has not (trainer.kubeflow.org/v1alpha1): install it, or leave training off" -}}
{{- end -}}
{{- if and $v.queue.enabled (not (include "symbiont.kueue" .)) -}}
  {{- fail "queue.enabled needs Kueue, which this cluster has not (kueue.x-k8s.io): install it, or leave queue off" -}}
{{- end -}}
{{- end }}

{{/* The number that a quantity of Kubernetes is. */}}
{{- define "symbiont.quantity" -}}
{{- $unit := regexFind "[A-Za-z]*$" (toString .) -}}
{{- $each := dict "" 1.0 "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 "E" 1e18 -}}
{{- $times := 1.0 -}}
{{- if hasSuffix "i" $unit -}}
{{- range until (add 1 (index (dict "K" 0 "M" 1 "G" 2 "T" 3 "P" 4 "E" 5) (trimSuffix "i" $unit)) | int) }}{{ $times = mulf $times 1024.0 }}{{ end -}}
{{- else -}}
{{- $times = index $each $unit -}}
{{- end -}}
{{- mulf $times (trimSuffix $unit (toString .) | float64) -}}
{{- end }}

{{/* The newest version of Kueue's API that the cluster serves; empty without Kueue. */}}
{{- define "symbiont.kueue" -}}
{{- $api := .Capabilities.APIVersions -}}
{{- if $api.Has "kueue.x-k8s.io/v1beta2" -}}kueue.x-k8s.io/v1beta2
{{- else if $api.Has "kueue.x-k8s.io/v1beta1" -}}kueue.x-k8s.io/v1beta1
{{- end -}}
{{- end }}
