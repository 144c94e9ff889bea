locals {
  browsing = ["propose", "explore", "evaluate"]
  training = var.gpus.most == 0 ? [] : ["distill", "detect", "audit"]
  gpus     = { "symbiont/pool" = "gpus" }

  on_browsers = {
    node_selector = { "symbiont/pool" = "browsers" }
    tolerations   = [{ key = "symbiont/browsers" }]
  }
  # Without a selector: where they ask for accelerators these are the only nodes that have some, and elsewhere none is held up.
  on_gpus = { tolerations = [{ key = "nvidia.com/gpu" }] }
}

output "kubeconfig" {
  description = "The command that writes it."
  value       = "aws eks update-kubeconfig --region ${var.region} --name ${aws_eks_cluster.this.name}"
}

output "bucket" {
  description = "Holds the rounds."
  value       = aws_s3_bucket.store.bucket
}

output "values" {
  description = "For the chart: terraform output -raw values > eks.yaml; helm install ... -f production.yaml -f eks.yaml"
  value = yamlencode(merge(
    {
      store = { url = "s3://${aws_s3_bucket.store.bucket}/main", endpoint = "", secret = "" }
      place = { pods = merge({ for stage in local.browsing : stage => local.on_browsers }, { for stage in local.training : stage => local.on_gpus }) }
    },
    { for section, told in {
      training = { nodeSelector = local.gpus }
      serving = merge(
        { for role in ["teacher", "student"] : role => { nodeSelector = local.gpus } },
        { round = { nodeSelector = local.gpus, tolerations = [{ key = "nvidia.com/gpu", operator = "Exists", effect = "NoSchedule" }] } },
      )
    } : section => told if var.gpus.most > 0 },
  ))
}
