data "aws_iam_policy_document" "nodes" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "nodes" {
  name               = "${var.name}-nodes"
  assume_role_policy = data.aws_iam_policy_document.nodes.json
}

resource "aws_iam_role_policy_attachment" "nodes" {
  for_each = toset(["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryPullOnly"])

  role       = aws_iam_role.nodes.name
  policy_arn = "arn:aws:iam::aws:policy/${each.key}"
}

# Pods cannot take the node's role: the metadata service answers one hop away, and a pod is two.
resource "aws_launch_template" "nodes" {
  for_each = { cpu = 100, browsers = 100, gpus = var.gpus.disk_gb }

  name_prefix = "${var.name}-${each.key}-"
  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_size = each.value
      volume_type = "gp3"
      encrypted   = true
    }
  }
}

# Kubeflow, MLflow, and stages that need no browser and no GPU.
resource "aws_eks_node_group" "cpu" {
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = "cpu"
  node_role_arn   = aws_iam_role.nodes.arn
  subnet_ids      = var.subnet_ids
  instance_types  = ["m6i.2xlarge"]
  labels          = { "symbiont/pool" = "cpu" }

  launch_template {
    id      = aws_launch_template.nodes["cpu"].id
    version = aws_launch_template.nodes["cpu"].latest_version
  }
  scaling_config {
    min_size     = 2
    desired_size = 2
    max_size     = 6
  }
  lifecycle {
    ignore_changes = [scaling_config[0].desired_size]
  }
  depends_on = [aws_iam_role_policy_attachment.nodes]
}

# A killed explorer goes on from what it stored, so its nodes may be taken away.
resource "aws_eks_node_group" "browsers" {
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = "browsers"
  node_role_arn   = aws_iam_role.nodes.arn
  subnet_ids      = var.subnet_ids
  instance_types  = var.browsers.types
  capacity_type   = "SPOT"
  labels          = { "symbiont/pool" = "browsers" }

  launch_template {
    id      = aws_launch_template.nodes["browsers"].id
    version = aws_launch_template.nodes["browsers"].latest_version
  }
  scaling_config {
    min_size     = 0
    desired_size = 0
    max_size     = var.browsers.most
  }
  taint {
    key    = "symbiont/browsers"
    value  = "true"
    effect = "NO_SCHEDULE"
  }
  lifecycle {
    ignore_changes = [scaling_config[0].desired_size]
  }
  depends_on = [aws_iam_role_policy_attachment.nodes]
}

resource "aws_eks_node_group" "gpus" {
  count = var.gpus.most > 0 ? 1 : 0

  cluster_name    = aws_eks_cluster.this.name
  node_group_name = "gpus"
  node_role_arn   = aws_iam_role.nodes.arn
  subnet_ids      = var.subnet_ids
  instance_types  = var.gpus.types
  ami_type        = "AL2023_x86_64_NVIDIA"
  labels          = { "symbiont/pool" = "gpus" }

  launch_template {
    id      = aws_launch_template.nodes["gpus"].id
    version = aws_launch_template.nodes["gpus"].latest_version
  }
  scaling_config {
    min_size     = 0
    desired_size = 0
    max_size     = var.gpus.most
  }
  taint {
    key    = "nvidia.com/gpu"
    value  = "true"
    effect = "NO_SCHEDULE"
  }
  lifecycle {
    ignore_changes = [scaling_config[0].desired_size]
  }
  depends_on = [aws_iam_role_policy_attachment.nodes]
}
