# Pods of a run use the bucket without a key: their service account is given a role by EKS Pod Identity.
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
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.store.arn]
  }
  statement {
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
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
  for_each = toset(var.namespaces)

  cluster_name    = aws_eks_cluster.this.name
  namespace       = each.key
  service_account = "symbiont-run"
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
