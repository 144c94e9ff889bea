# Pods that keep something use the bucket without a key: their service accounts are given a role by EKS Pod Identity.
locals {
  # Of the chart's release symbiont. `round`: servers of rounds' students, which take their models from the bucket.
  accounts = ["symbiont-run", "symbiont-trainer", "symbiont-reaper", "symbiont-mlflow", "symbiont-round"]
}

data "aws_iam_policy_document" "pods" {
  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]
    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "store" {
  statement {
    actions   = ["s3:ListBucket", "s3:ListBucketMultipartUploads"]
    resources = [aws_s3_bucket.store.arn]
  }
  statement {
    actions = [
      "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload",
    ]
    resources = ["${aws_s3_bucket.store.arn}/*"]
  }
}

resource "aws_iam_role" "run" {
  name               = "${var.name}-run"
  assume_role_policy = data.aws_iam_policy_document.pods.json
}

resource "aws_iam_role_policy" "run" {
  name   = "store"
  role   = aws_iam_role.run.id
  policy = data.aws_iam_policy_document.store.json
}

resource "aws_eks_pod_identity_association" "run" {
  for_each = { for pair in setproduct(var.namespaces, local.accounts) : join("/", pair) => pair }

  cluster_name    = aws_eks_cluster.this.name
  namespace       = each.value[0]
  service_account = each.value[1]
  role_arn        = aws_iam_role.run.arn
}

resource "aws_iam_role" "volumes" {
  name               = "${var.name}-volumes"
  assume_role_policy = data.aws_iam_policy_document.pods.json
}

resource "aws_iam_role_policy_attachment" "volumes" {
  role       = aws_iam_role.volumes.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy"
}
