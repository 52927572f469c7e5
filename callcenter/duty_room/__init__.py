"""The duty supervisor's paper: roster, shifts and log, messages, inspections, press register."""
