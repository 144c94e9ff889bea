# terraform test: plans against a provider that only pretends, so no account is needed. Nothing is applied, since a bucket
# that cannot be destroyed could not be cleaned up.
mock_provider "aws" {
  override_during = plan

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-central-1:123456789012:key/mock" }
  }
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::mock" }
  }
  mock_resource "aws_launch_template" {
    defaults = { id = "lt-0123456789abcdef0", latest_version = 1 }
  }
}

variables {
  name       = "agents"
  region     = "eu-central-1"
  subnet_ids = ["subnet-a", "subnet-b"]
}

run "three_pools_and_a_private_bucket" {
  command = plan

  assert {
    condition     = aws_eks_node_group.browsers.capacity_type == "SPOT" && aws_eks_node_group.browsers.scaling_config[0].min_size == 0
    error_message = "Explorers are to run on spot nodes that come and go."
  }
  assert {
    condition     = one(aws_eks_node_group.gpus[0].taint).key == "nvidia.com/gpu"
    error_message = "A node with GPUs must keep other pods away."
  }
  assert {
    condition     = aws_s3_bucket_versioning.store.versioning_configuration[0].status == "Enabled"
    error_message = "What was replaced must be there to come back to."
  }
  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.store.block_public_acls, aws_s3_bucket_public_access_block.store.block_public_policy,
      aws_s3_bucket_public_access_block.store.ignore_public_acls, aws_s3_bucket_public_access_block.store.restrict_public_buckets,
    ])
    error_message = "The bucket must be closed."
  }
  assert {
    condition     = !aws_eks_cluster.this.vpc_config[0].endpoint_public_access
    error_message = "Without addresses the API is asked from inside alone."
  }
  assert {
    condition     = alltrue([for each in aws_launch_template.nodes : each.metadata_options[0].http_tokens == "required"])
    error_message = "Pods must not take their node's role."
  }
  assert {
    condition     = yamldecode(output.values).store.url == "s3://agents-store-123456789012/main"
    error_message = "The values must name the bucket."
  }
  assert {
    condition = alltrue([
      for stage in ["propose", "explore", "evaluate"] :
      tomap(yamldecode(output.values).place.pods[stage].node_selector) == aws_eks_node_group.browsers.labels
      && yamldecode(output.values).place.pods[stage].tolerations[*].key == [one(aws_eks_node_group.browsers.taint).key]
    ])
    error_message = "Stages with browsers must go to their nodes, and bear with the taint there."
  }
  assert {
    condition = alltrue([
      for stage in ["distill", "detect", "audit"] :
      yamldecode(output.values).place.pods[stage].tolerations[*].key == [one(aws_eks_node_group.gpus[0].taint).key]
    ])
    error_message = "Stages that ask for GPUs must bear with the taint of their nodes."
  }
  assert {
    condition = alltrue([
      for told in concat([yamldecode(output.values).training], [for role in ["teacher", "student", "round"] : yamldecode(output.values).serving[role]]) :
      tomap(told.nodeSelector) == aws_eks_node_group.gpus[0].labels
    ])
    error_message = "TrainJobs and model servers must go to the nodes with GPUs."
  }
  assert {
    condition     = yamldecode(output.values).serving.round.tolerations[*].key == [one(aws_eks_node_group.gpus[0].taint).key]
    error_message = "Servers of rounds, which no profile has, must bear with the taint there."
  }
}

run "no_gpus_and_an_api_for_the_office" {
  command = plan

  variables {
    gpus       = { types = ["g6e.4xlarge"], most = 0, disk_gb = 300 }
    api_cidrs  = ["203.0.113.0/24"]
    namespaces = ["team-a", "team-b"]
  }
  assert {
    condition     = length(aws_eks_node_group.gpus) == 0
    error_message = "No GPUs were wanted."
  }
  assert {
    condition     = toset(keys(yamldecode(output.values))) == toset(["place", "store"]) && !contains(keys(yamldecode(output.values).place.pods), "distill")
    error_message = "The values must not send anything to nodes that are not there."
  }
  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].public_access_cidrs == toset(["203.0.113.0/24"])
    error_message = "The office may ask, nobody else."
  }
  assert {
    condition = toset(keys(aws_eks_pod_identity_association.run)) == toset([
      for pair in setproduct(["team-a", "team-b"], ["run", "trainer", "reaper", "mlflow", "round"]) : "${pair[0]}/symbiont-${pair[1]}"
    ])
    error_message = "In each namespace every account that uses the store gets the role."
  }
}

run "old_objects_become_cheaper_and_none_goes_by_its_age" {
  command = plan

  variables {
    cheaper_after_days = 60
  }
  assert {
    condition     = alltrue([for rule in aws_s3_bucket_lifecycle_configuration.store.rule : length(rule.expiration) == 0])
    error_message = "A round reads what the first one left."
  }
  assert {
    condition = flatten([
      for rule in aws_s3_bucket_lifecycle_configuration.store.rule : [for each in rule.transition : each.storage_class]
    ]) == ["INTELLIGENT_TIERING"]
    error_message = "What is archived is not read at once."
  }
}

run "an_api_for_everybody_is_refused" {
  command = plan
  variables {
    api_cidrs = ["0.0.0.0/0"]
  }
  expect_failures = [var.api_cidrs]
}

run "one_subnet_is_refused" {
  command = plan
  variables {
    subnet_ids = ["subnet-a"]
  }
  expect_failures = [var.subnet_ids]
}
