{{/* Names and labels. */}}

{{- define "symbiont.name" -}}
{{- .Values.nameOverride | default .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{/* Labels of an object: (list $ "part"). */}}
{{- define "symbiont.labels" -}}
{{- $root := index . 0 -}}
{{ include "symbiont.selector" . }}
app.kubernetes.io/part-of: symbiont
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
helm.sh/chart: {{ $root.Chart.Name }}-{{ $root.Chart.Version }}
{{- with $root.Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Labels of a pod: in no mesh. What ends by itself never would beside a sidecar that goes on, and before a server one
would turn away the pods of rounds, which Kubeflow keeps outside. */}}
{{- define "symbiont.pod.labels" -}}
{{ include "symbiont.labels" . }}
sidecar.istio.io/inject: "false"
{{- end }}

{{/* What a selector may rest on: it can never change. */}}
{{- define "symbiont.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ $root.Chart.Name }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* An image's address: (list $ .Values.images.tools). */}}
{{- define "symbiont.image" -}}
{{- $root := index . 0 -}}
{{- $image := index . 1 -}}
{{- $name := $image.repository -}}
{{- with $root.Values.images.mirror -}}
{{- $name = printf "%s/%s" . (regexReplaceAll "^[^/]+/" $name "") -}}
{{- end -}}
{{- if $image.digest -}}{{ $name }}@{{ $image.digest }}
{{- else -}}{{ $name }}:{{ $image.tag | default $root.Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- define "symbiont.store.endpoint" -}}
{{- if .Values.seaweedfs.enabled -}}
http://{{ include "symbiont.name" . }}-s3.{{ .Release.Namespace }}.svc:8333
{{- else -}}
{{ .Values.store.endpoint }}
{{- end -}}
{{- end }}

{{- define "symbiont.mlflow.url" -}}
{{- if .Values.mlflowServer.enabled -}}
http://{{ include "symbiont.name" . }}-mlflow.{{ .Release.Namespace }}.svc:5000
{{- else -}}
{{ .Values.mlflow.url }}
{{- end -}}
{{- end }}

{{/* When Argo CD brings an object, by a word; without one in between, after `first`. It goes on once all of a wave is healthy,
so a volume is of the wave of its first pod, which it may wait for. Helm brings everything at once. */}}
{{- define "symbiont.wave" -}}
argocd.argoproj.io/sync-wave: {{ index (dict "first" "-1" "stores" "1" "servers" "2") . | quote }}
{{- end }}
