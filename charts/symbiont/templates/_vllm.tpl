{{/* A container that serves a model: (list $ $server "model" "its name in requests" "further variables"). */}}
{{- define "symbiont.vllm" -}}
{{- $root := index . 0 -}}
{{- $server := index . 1 -}}
{{- $model := index . 2 -}}
{{- $name := index . 3 -}}
{{- $environment := index . 4 -}}
name: vllm
image: {{ include "symbiont.image" (list $root $root.Values.images.vllm) }}
command: [vllm, serve]
args:
  - {{ $model | quote }}
  - --host=0.0.0.0
  - --port=8000
  - --served-model-name={{ $name }}
  {{- range $server.arguments }}
  - {{ . | quote }}
  {{- end }}
env:
  - {name: HOME, value: /tmp}
  {{- include "symbiont.outward.environment" $root | nindent 2 }}
  - {name: USER, value: vllm} # torch asks for it, and the image knows no user of this number
  - {name: HF_HOME, value: /models/huggingface}
  - {name: VLLM_CACHE_ROOT, value: /models/vllm}
  - {name: TRITON_CACHE_DIR, value: /tmp/triton}
  - {name: TORCHINDUCTOR_CACHE_DIR, value: /tmp/inductor}
  - {name: VLLM_NO_USAGE_STATS, value: "1"}
  {{- include "symbiont.hub.environment" $root | nindent 2 }}
  {{- with $environment }}
  {{- . | nindent 2 }}
  {{- end }}
ports:
  - name: http
    containerPort: 8000
startupProbe:
  httpGet: {path: /health, port: http}
  periodSeconds: 10
  failureThreshold: {{ mul $server.startupMinutes 6 }}
readinessProbe:
  httpGet: {path: /health, port: http}
  timeoutSeconds: 5
livenessProbe:
  httpGet: {path: /health, port: http}
  periodSeconds: 20
  timeoutSeconds: 10
  failureThreshold: 6
resources: {{- include "symbiont.resources" (list $server.resources $server.accelerator) | nindent 2 }}
securityContext: {{- include "symbiont.container.security" $root | nindent 2 }}
volumeMounts:
  - {name: models, mountPath: /models}
  - {name: tmp, mountPath: /tmp}
  {{- include "symbiont.outward.mount" $root | nindent 2 }}
  - {name: shm, mountPath: /dev/shm}
{{- end }}

{{/* Of a server whose model values name: (list $ $server). */}}
{{- define "symbiont.serving.environment" -}}
{{- $root := index . 0 -}}
{{- $server := index . 1 -}}
{{- with $server.modelSecret }}
- name: HF_TOKEN
  valueFrom:
    secretKeyRef: {name: {{ . }}, key: HF_TOKEN}
{{- end }}
{{- with $server.apiKeySecret }}
- name: VLLM_API_KEY
  valueFrom:
    secretKeyRef: {name: {{ . }}, key: VLLM_API_KEY}
{{- end }}
{{- if hasPrefix "s3://" $server.model }}
{{- with include "symbiont.store.endpoint" $root }}
- {name: AWS_ENDPOINT_URL, value: {{ . | quote }}}
{{- end }}
{{- end }}
{{- end }}
