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

{{- define "symbiont.secrets" -}}
{{- range list .Values.store.secret .Values.mlflow.secret }}
{{- with . }}
- secretRef:
    name: {{ . }}
{{- end }}
{{- end }}
{{- end }}
