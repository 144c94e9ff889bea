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
  value = yamlencode({
    store = { url = "s3://${aws_s3_bucket.store.bucket}/main", endpoint = "", secret = "" }
  })
}
