variable "name" {
  description = "Name of the cluster, and the beginning of every other name."
  type        = string
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}$", var.name))
    error_message = "Lower-case letters, digits and hyphens, at most 31, beginning with a letter."
  }
}

variable "region" {
  description = "Region of everything."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets of an existing network, in two zones or more."
  type        = list(string)
  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "EKS wants subnets in two zones or more."
  }
}

variable "kubernetes_version" {
  description = "Version of the control plane and the nodes."
  type        = string
  default     = "1.34"
}

variable "api_cidrs" {
  description = "Addresses from which the Kubernetes API may be asked from outside; empty: from inside the network alone."
  type        = list(string)
  default     = []
  validation {
    condition     = !contains(var.api_cidrs, "0.0.0.0/0")
    error_message = "Name your own addresses, not everybody's."
  }
}

variable "namespaces" {
  description = "Namespaces that the chart is installed in, as the release symbiont: its accounts may use the bucket."
  type        = list(string)
  default     = ["kubeflow"]
}

variable "browsers" {
  description = "Spot nodes for explorers: types that can stand in for each other, and the most of them."
  type        = object({ types = list(string), most = number })
  default     = { types = ["m6i.2xlarge", "m6a.2xlarge", "m7i.2xlarge", "m5.2xlarge"], most = 20 }
}

variable "gpus" {
  description = "Nodes for model servers and training; most = 0: none."
  type        = object({ types = list(string), most = number, disk_gb = number })
  default     = { types = ["g6e.4xlarge"], most = 4, disk_gb = 300 }
}

variable "expire_old_versions_days" {
  description = "Days after which a replaced or deleted object of the bucket is gone for good."
  type        = number
  default     = 90
}

variable "cheaper_after_days" {
  description = "Days after which an object moves to S3's Intelligent-Tiering, where it is still read at once; 0: never."
  type        = number
  default     = 0
}

variable "tags" {
  description = "On everything, such as a cost centre."
  type        = map(string)
  default     = {}
}
