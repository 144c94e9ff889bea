{{/* The section `pods` of the place: what is said of it, with the images and secrets that other values name. */}}
{{- define "symbiont.pods" -}}
{{- $said := .Values.place.pods | default dict -}}
{{- $images := dict -}}
{{- range $kind := list "tools" "explorer" "trainer" -}}
{{- $_ := set $images $kind (include "symbiont.image" (list $ (index $.Values.images $kind))) -}}
{{- end -}}
{{- $secrets := list -}}
{{- with .Values.store.secret -}}
{{- $secrets = append $secrets (include "symbiont.secret" (list . "AWS_ACCESS_KEY_ID" "AWS_SECRET_ACCESS_KEY") | fromYaml) -}}
{{- end -}}
{{- with .Values.mlflow.secret -}}
{{- $secrets = append $secrets (include "symbiont.secret" (list . "MLFLOW_TRACKING_USERNAME" "MLFLOW_TRACKING_PASSWORD") | fromYaml) -}}
{{- end -}}
{{- $keys := list -}}
{{- range $role := list "teacher" "student" -}}
{{- with (index $.Values.serving $role).apiKeySecret -}}
{{- $keys = append $keys (dict "name" . "variables" (dict (printf "%s_API_KEY" (upper $role)) "VLLM_API_KEY")) -}}
{{- end -}}
{{- end -}}
{{- $made := dict "images" $images "pull_secrets" .Values.images.pullSecrets -}}
{{- with .Values.certificates }}{{ $_ := set $made "certificates" . }}{{ end -}}
{{- with merge (include "symbiont.hub" . | fromYaml) (include "symbiont.proxy" . | fromYaml) }}{{ $_ := set $made "environment" . }}{{ end -}}
{{- $made = mustMergeOverwrite $made (deepCopy $said) -}}
{{- $_ := set $made "secrets" (concat $secrets ($said.secrets | default list) | default list) -}}
{{- $_ := set $made "keys" (concat $keys ($said.keys | default list) | default list) -}}
{{- toYaml $made -}}
{{- end }}

{{/* The section `training` of the place, with this release's runtime and queue where it trains in jobs. */}}
{{- define "symbiont.training" -}}
{{- $name := include "symbiont.name" . -}}
{{- $said := .Values.place.training | default dict -}}
{{- if kindIs "map" $said.job -}}
{{- $job := dict "runtime" (printf "%s-trainer" $name) -}}
{{- if .Values.queue.enabled }}{{ $_ := set $job "queue" $name }}{{ end -}}
{{- $said = mustMergeOverwrite (dict "job" $job) (deepCopy $said) -}}
{{- end -}}
{{- with $said }}{{ toYaml . }}{{ end -}}
{{- end }}

{{/* The section `serving` of the place, with this release's template where rounds make servers. */}}
{{- define "symbiont.serving" -}}
{{- $said := .Values.place.serving | default dict -}}
{{- if include "symbiont.deployed" . -}}
{{- $said = mustMergeOverwrite (dict "template" (printf "%s-round" (include "symbiont.name" .))) (deepCopy $said) -}}
{{- end -}}
{{- with $said }}{{ toYaml . }}{{ end -}}
{{- end }}

{{/* Whether rounds make servers of their students, by this release's template or by one of your own. */}}
{{- define "symbiont.deployed" -}}
{{- if eq (dig "kind" "" (.Values.place.serving | default dict)) "deployment" }}true{{ end -}}
{{- end }}

{{/* A secret whose keys are called as the variables are: (list "name" "VARIABLE" ...). */}}
{{- define "symbiont.secret" -}}
name: {{ first . }}
variables:
  {{- range rest . }}
  {{ . }}: {{ . }}
  {{- end }}
{{- end }}
