{{/* What every pod has: the restricted level, no token unless it needs one, a writable /tmp. */}}

{{- define "symbiont.pod.security" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "symbiont.container.security" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "symbiont.pull" -}}
{{- with .Values.images.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{/* Resources of a pod: (list $resources $accelerator), the second may be empty. */}}
{{- define "symbiont.resources" -}}
{{- $sizes := index . 0 -}}
{{- $device := index . 1 -}}
requests:
  cpu: {{ $sizes.cpu | quote }}
  memory: {{ $sizes.memory | quote }}
limits:
  cpu: {{ $sizes.cpuLimit | quote }}
  memory: {{ $sizes.memory | quote }}
  {{- if and $device $device.count }}
  {{ $device.resource }}: {{ $device.count }}
  {{- end }}
{{- end }}

{{/* How pods of a run reach the store and MLflow. */}}
{{- define "symbiont.environment" -}}
{{- with include "symbiont.store.endpoint" . }}
- name: AWS_ENDPOINT_URL_S3
  value: {{ . | quote }}
{{- end }}
{{- with include "symbiont.mlflow.url" . }}
- name: MLFLOW_TRACKING_URI
  value: {{ . | quote }}
{{- end }}
{{- end }}

{{/* The proxy, as the variables that say so: a dictionary, as YAML. */}}
{{- define "symbiont.proxy" -}}
{{- with .Values.proxy }}
{{- if or .https .http }}
{{- $direct := concat (list "localhost" "127.0.0.1" "169.254.170.23" "$(KUBERNETES_SERVICE_HOST)" ".svc" ".svc.cluster.local" ".kubeflow") .direct | join "," }}
{{- range $name, $value := dict "https_proxy" .https "http_proxy" .http "no_proxy" $direct }}
{{- with $value }}
{{ $name }}: {{ . | quote }}
{{ upper $name }}: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Where models of the hub come from, as the variables that say so: a dictionary, as YAML. */}}
{{- define "symbiont.hub" -}}
{{- with .Values.serving.hub }}
HF_ENDPOINT: {{ . | quote }}
{{- end }}
{{- if .Values.serving.offline }}
HF_HUB_OFFLINE: "1"
{{- end }}
{{- end }}

{{- define "symbiont.hub.environment" -}}
{{- range $name, $value := include "symbiont.hub" . | fromYaml }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- end }}

{{- define "symbiont.certificates" -}}
/etc/symbiont/certificates
{{- end }}

{{/* The way out of a pod: its proxy, the authorities it trusts, and where these lie. */}}
{{- define "symbiont.outward.environment" -}}
{{- range $name, $value := include "symbiont.proxy" . | fromYaml }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- if .Values.certificates }}
{{- range list "SSL_CERT_FILE" "REQUESTS_CA_BUNDLE" "AWS_CA_BUNDLE" }}
- {name: {{ . }}, value: {{ include "symbiont.certificates" $ }}/ca.crt}
{{- end }}
{{- end }}
{{- end }}

{{- define "symbiont.outward.mount" -}}
{{- if .Values.certificates }}
- {name: certificates, mountPath: {{ include "symbiont.certificates" . }}, readOnly: true}
{{- end }}
{{- end }}

{{- define "symbiont.outward.volume" -}}
{{- with .Values.certificates }}
- name: certificates
  configMap: {name: {{ . }}}
{{- end }}
{{- end }}

{{- define "symbiont.secrets" -}}
{{- range list .Values.store.secret .Values.mlflow.secret }}
{{- with . }}
- secretRef:
    name: {{ . }}
{{- end }}
{{- end }}
{{- end }}
