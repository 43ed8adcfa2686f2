"""What people read: a page for each student, a page and files of grades for the teacher."""
