terraform {
  required_version = ">= 1.11" # its tests override values while planning
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = var.region
  default_tags {
    tags = merge({ project = "symbiont", cluster = var.name }, var.tags)
  }
}
